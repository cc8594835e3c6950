package com.quotient.cli;

import com.quotient.flow.FailedWebhook;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowAdmin.Progress;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "show", description = "Shows a flow, the progress of its people, and the most recent fault.")
final class FlowShow extends FlowCommand {
    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        Progress progress = database.await(flows.progress(flow));
        List<FailedWebhook> last = database.await(database.outbox().failures(flow, 1));
        if (json()) {
            JsonObject lastFailure = last.isEmpty() ? null : FlowText.json(last.get(0));
            print(FlowText.json(flow).put("progress", FlowText.json(progress)).put("lastFailure", lastFailure));
            return ExitCodes.OK;
        }
        FlowText.lines(flow, out());
        KeyText.line(
                out(),
                "People",
                progress.enrolled() + " enrolled, " + progress.finished() + " finished, " + progress.retrying()
                        + " with a webhook that is tried again, " + progress.dead() + " with one that was given up");
        if (!last.isEmpty()) {
            KeyText.line(out(), "Last fault", FlowText.sentence(last.get(0)));
        }
        return ExitCodes.OK;
    }
}
