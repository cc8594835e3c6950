package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import picocli.CommandLine.Parameters;

/** A command about one flow. */
abstract class FlowCommand extends DatabaseCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "The id of the flow, flw_….")
    private String id = "";

    abstract int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow);

    @Override
    final int run(OpenDatabase database) {
        return run(database, database.flows(), database.flow(id));
    }
}
