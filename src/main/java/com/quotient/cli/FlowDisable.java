package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

@Command(name = "disable", description = "Disables a flow: nobody enters, and the webhooks of people in it are held.")
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
