package com.quotient.cli;

import com.quotient.keys.KeyDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists keys, oldest first.")
final class KeyList extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Of this business only.")
    private @Nullable String business;

    @Mixin
    private final PageLimit limit = new PageLimit();

    @Option(
            names = "--after",
            paramLabel = "ID",
            description = "Continue after this key, the last one of the previous page.")
    private @Nullable String after;

    @Override
    int run(OpenDatabase database) {
        int max = fromOptions(limit::value);
        String owner = business == null ? null : database.business(business).id();
        String behind = after == null ? null : database.key(after).id();
        List<KeyDetails> found = database.await(database.keys().list(owner, behind, max + 1));
        List<KeyDetails> keys = found.subList(0, Math.min(max, found.size()));
        String next = found.size() > max ? keys.get(max - 1).id() : null;
        if (json()) {
            print(new JsonObject()
                    .put("keys", new JsonArray(keys.stream().map(KeyText::json).toList()))
                    .put("next", next));
            return ExitCodes.OK;
        }
        KeyText.table(keys, out());
        if (next != null) {
            err().println("There are more; continue with --after " + next + ".");
        }
        return ExitCodes.OK;
    }
}
