package com.quotient.cli;

import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "resend", description = "Retries webhooks of a flow that were given up: one, or all.")
final class FlowResend extends FlowCommand {
    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "WEBHOOK",
            description = "The id of the webhook, msg_…; without it, all.")
    private @Nullable String webhook;

    @Override
    int run(OpenDatabase database, FlowAdmin flows, FlowDetails flow) {
        int resent = database.await(database.outbox().resend(flow, webhook));
        if (webhook != null && resent == 0) {
            throw new CommandFailure("Flow " + flow.id() + " has given up no webhook " + webhook
                    + "; 'quotient flow failures' shows those it has.");
        }
        if (json()) {
            print(new JsonObject().put("id", flow.id()).put("resent", resent));
        } else {
            out().println(resent + (resent == 1 ? " webhook is" : " webhooks are") + " retried.");
        }
        return ExitCodes.OK;
    }
}
