package com.quotient.cli;

import com.quotient.flow.FailedWebhook;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "failures", description = "Lists the failed webhooks of a flow: to be retried, held, or given up.")
final class FlowFailures extends FlowCommand {
    @Mixin
    private final PageLimit limit = new PageLimit();

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        int max = fromOptions(limit::value);
        List<FailedWebhook> failures = database.await(database.outbox().failures(flow, max));
        if (json()) {
            print(new JsonObject()
                    .put(
                            "failures",
                            new JsonArray(failures.stream().map(FlowText::json).toList())));
            return ExitCodes.OK;
        }
        Table table = new Table("ID", "PERSON", "STEP", "ATTEMPTS", "STATE", "NEXT ATTEMPT", "FAULT");
        failures.forEach(failure -> table.row(
                failure.id(),
                failure.personId(),
                Integer.toString(failure.step()),
                Integer.toString(failure.attempts()),
                failure.state().wireName(),
                FlowText.time(failure.nextAttemptAt(), "-"),
                failure.fault()));
        table.print(out());
        return ExitCodes.OK;
    }
}
