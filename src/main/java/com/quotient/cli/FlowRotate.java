package com.quotient.cli;

import com.quotient.config.Durations;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowAdmin.Issued;
import com.quotient.flow.FlowDetails;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rotate",
        description = "Creates a new webhook secret and prints it, once. The old one also signs during the overlap.")
final class FlowRotate extends FlowCommand {
    @Option(
            names = "--overlap",
            paramLabel = "TIME",
            defaultValue = "24h",
            description =
                    "How long webhooks carry both signatures; 0s ends the old one at once. Default: ${DEFAULT-VALUE}.")
    private String overlap = "";

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        Duration time = fromOptions(() -> Durations.parse(overlap));
        Issued issued = database.await(fromOptions(() -> flows.rotateSecret(flow, time)));
        FlowText.print(this, issued);
        return ExitCodes.OK;
    }
}
