package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.flow.FlowAdmin.Issued;
import com.quotient.flow.FlowSpec;
import com.quotient.flow.Step;
import com.quotient.flow.Trigger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Creates a flow, active at once, and prints its webhook secret, once.")
final class FlowCreate extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Whose flow; not needed if there is only one.")
    private @Nullable String business;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Shown in lists and in webhooks.")
    private String name = "";

    @Option(
            names = "--trigger",
            paramLabel = "TYPE",
            defaultValue = "programmatic",
            description = "programmatic: by the API; manual: by 'flow enrol' only. Default: ${DEFAULT-VALUE}.")
    private String trigger = "";

    @Option(
            names = "--segment",
            paramLabel = "SLUG",
            description = "Only people on this list may enter. Without it, everybody may.")
    private @Nullable String segment;

    @Option(
            names = "--step",
            required = true,
            paramLabel = "STEP",
            description =
                    "wait:10m or webhook:https://…; repeat it for each step, in order. The last step is a webhook.")
    private List<String> steps = List.of();

    @Override
    int run(OpenDatabase database) {
        FlowSpec spec = fromOptions(() -> new FlowSpec(
                name,
                Trigger.named(trigger),
                segment,
                steps.stream().map(Step::parse).toList()));
        Business owner = database.business(business);
        Issued issued = database.await(database.flows().create(owner.id(), spec));
        FlowText.print(this, issued);
        return ExitCodes.OK;
    }
}
