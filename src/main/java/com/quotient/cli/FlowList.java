package com.quotient.cli;

import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists flows, oldest first.")
final class FlowList extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Of this business only.")
    private @Nullable String business;

    @Override
    int run(OpenDatabase database) {
        String owner = business == null ? null : database.business(business).id();
        List<FlowDetails> flows = database.await(database.flows().list(owner));
        if (json()) {
            print(new JsonObject()
                    .put(
                            "flows",
                            new JsonArray(flows.stream().map(FlowText::json).toList())));
        } else {
            FlowText.table(flows, out());
        }
        return ExitCodes.OK;
    }
}
