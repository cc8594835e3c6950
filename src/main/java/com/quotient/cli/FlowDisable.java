package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

@Command(
        name = "disable",
        description = "Lets nobody in, and holds the webhooks of those who are, until it is enabled again.")
final class FlowDisable extends FlowCommand {
    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        database.await(flows.disable(flow));
        if (json()) {
            print(new JsonObject().put("id", flow.id()).put("active", false));
        } else {
            out().println("Flow " + flow.id() + " is disabled.");
        }
        return ExitCodes.OK;
    }
}
