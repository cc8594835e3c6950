package com.quotient.cli;

import com.quotient.flow.FailedWebhook;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "failures",
        description = "Lists the webhooks of a flow that failed: those that are tried again, held or given up.")
final class FlowFailures extends FlowCommand {
    private static final int MAX_LIMIT = 1000;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "How many, the latest first; at most " + MAX_LIMIT + ". Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw usage("--limit is a number from 1 to " + MAX_LIMIT + ".");
        }
        List<FailedWebhook> failures = database.await(database.outbox().failures(flow, limit));
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
