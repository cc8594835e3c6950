package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

@Command(name = "enable", description = "Enables a flow, and sends the webhooks that were held.")
final class FlowEnable extends FlowCommand {
    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        database.await(flows.enable(flow));
        if (json()) {
            print(new JsonObject().put("id", flow.id()).put("active", true));
        } else {
            out().println("Flow " + flow.id() + " is enabled.");
        }
        return ExitCodes.OK;
    }
}
