package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAdmin.Confirmation;
import com.quotient.keys.KeyDetails;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import picocli.CommandLine.Parameters;

/** A change of one key. It reports how many of the running servers have applied it. */
abstract class KeyChange extends DatabaseCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String done;

    @Parameters(paramLabel = "ID", description = "The id of the key, key_….")
    private String id = "";

    /** {@code done} completes "Key … is …". */
    KeyChange(String done) {
        this.done = done;
    }

    abstract Future<KeyDetails> change(KeyAdmin keys, KeyDetails before);

    @Override
    final int run(OpenDatabase database) {
        KeyAdmin keys = database.keys();
        KeyDetails before = database.key(id);
        KeyDetails after = fromOptions(() -> database.await(change(keys, before)));
        Confirmation confirmation = database.await(keys.confirm(after.version(), PATIENCE));
        if (json()) {
            print(new JsonObject().put("key", KeyText.json(after)).put("confirmation", KeyText.json(confirmation)));
        } else {
            out().println("Key " + id + " is " + done + "; " + KeyText.text(confirmation) + ".");
        }
        return ExitCodes.OK;
    }
}
