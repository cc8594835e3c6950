package com.quotient.cli;

import com.quotient.keys.KeyDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists keys, oldest first.")
final class KeyList extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Of this business only.")
    private @Nullable String business;

    @Override
    int run(OpenDatabase database) {
        String owner = business == null ? null : database.business(business).id();
        List<KeyDetails> keys = database.await(database.keys().list(owner));
        if (json()) {
            print(new JsonObject()
                    .put("keys", new JsonArray(keys.stream().map(KeyText::json).toList())));
        } else {
            KeyText.table(keys, out());
        }
        return ExitCodes.OK;
    }
}
