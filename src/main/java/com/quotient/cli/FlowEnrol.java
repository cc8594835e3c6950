package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "enrol", description = "Enters a person into a flow with a manual trigger.")
final class FlowEnrol extends FlowCommand {
    @Parameters(index = "1", paramLabel = "PERSON", description = "The id of the person, per_….")
    private String person = "";

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        database.await(flows.enrol(flow, person));
        if (json()) {
            print(new JsonObject().put("id", flow.id()).put("personId", person));
        } else {
            out().println("Person " + person + " is in flow " + flow.id() + ".");
        }
        return ExitCodes.OK;
    }
}
