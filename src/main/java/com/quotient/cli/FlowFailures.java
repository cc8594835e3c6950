package com.quotient.cli;

import com.quotient.flow.DeadLetter;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "failures", description = "Lists the webhooks of a flow that were given up, the latest 100 first.")
final class FlowFailures extends FlowCommand {
    private static final int MOST = 100;

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        List<DeadLetter> letters = database.await(flows.deadLetters(flow, MOST));
        if (json()) {
            print(new JsonObject()
                    .put(
                            "failures",
                            new JsonArray(letters.stream().map(FlowText::json).toList())));
            return ExitCodes.OK;
        }
        Table table = new Table("ID", "PERSON", "STEP", "ATTEMPTS", "GIVEN UP", "FAULT");
        letters.forEach(letter -> table.row(
                letter.id(),
                letter.personId(),
                Integer.toString(letter.step()),
                Integer.toString(letter.attempts()),
                Times.format(letter.deadAt()),
                letter.fault()));
        table.print(out());
        return ExitCodes.OK;
    }
}
