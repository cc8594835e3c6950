package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowAdmin.Progress;
import com.quotient.flow.FlowDetails;
import picocli.CommandLine.Command;

@Command(name = "show", description = "Shows a flow, and how far people have come in it.")
final class FlowShow extends FlowCommand {
    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        Progress progress = database.await(flows.progress(flow));
        if (json()) {
            print(FlowText.json(flow).put("progress", FlowText.json(progress)));
        } else {
            FlowText.lines(flow, out());
            KeyText.line(
                    out(),
                    "People",
                    progress.enrolled() + " enrolled, " + progress.finished() + " finished, " + progress.dead()
                            + " with a webhook that failed");
        }
        return ExitCodes.OK;
    }
}
