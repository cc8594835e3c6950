package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(name = "resume", description = "Resumes the steps of a flow that are held because of a receiver's answer.")
final class FlowResume extends FlowCommand {
    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        List<Integer> steps = database.await(database.outbox().resume(flow));
        if (json()) {
            print(new JsonObject().put("id", flow.id()).put("resumed", new JsonArray(steps)));
        } else if (steps.isEmpty()) {
            out().println("No step of flow " + flow.id() + " is held.");
        } else {
            out().println((steps.size() == 1 ? "Step " : "Steps ")
                    + steps.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " of flow " + flow.id()
                    + (steps.size() == 1 ? " goes on." : " go on."));
        }
        return ExitCodes.OK;
    }
}
