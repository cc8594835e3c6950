package com.quotient.cli;

import com.quotient.flow.FailedWebhook;
import com.quotient.flow.FlowAdmin.Issued;
import com.quotient.flow.FlowAdmin.Progress;
import com.quotient.flow.FlowDetails;
import com.quotient.flow.Hold;
import com.quotient.flow.Step;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats flows as JSON and as text. */
final class FlowText {
    private FlowText() {}

    static JsonObject json(FlowDetails flow) {
        return new JsonObject()
                .put("id", flow.id())
                .put("businessId", flow.businessId())
                .put("name", flow.name())
                .put("trigger", flow.trigger().wireName())
                .put("active", flow.active())
                .put("segment", flow.segment())
                .put("segmentGone", flow.segmentGone())
                .put(
                        "steps",
                        new JsonArray(flow.steps().stream().map(Step::toString).toList()))
                .put(
                        "holds",
                        new JsonArray(flow.holds().stream().map(FlowText::json).toList()))
                .put("previousSecretUntil", time(flow.previousSecretUntil()))
                .put("createdAt", Times.format(flow.createdAt()));
    }

    static JsonObject json(Progress progress) {
        return new JsonObject()
                .put("enrolled", progress.enrolled())
                .put("finished", progress.finished())
                .put("retrying", progress.retrying())
                .put("failed", progress.dead());
    }

    static JsonObject json(FailedWebhook failure) {
        return new JsonObject()
                .put("id", failure.id())
                .put("personId", failure.personId())
                .put("step", failure.step())
                .put("attempts", failure.attempts())
                .put("state", failure.state().wireName())
                .put("fault", failure.fault())
                .put("failedAt", time(failure.failedAt()))
                .put("nextAttemptAt", time(failure.nextAttemptAt()))
                .put("givenUpAt", time(failure.deadAt()));
    }

    private static JsonObject json(Hold hold) {
        return new JsonObject()
                .put("step", hold.step())
                .put("until", time(hold.until()))
                .put("fault", hold.fault());
    }

    /** Why a webhook failed, and what happens next. */
    static String sentence(FailedWebhook failure) {
        String next =
                switch (failure.state()) {
                    case RETRYING -> "the next attempt is at " + time(failure.nextAttemptAt(), "an unknown time");
                    case HELD -> "held until 'quotient flow resume'";
                    case GIVEN_UP -> "given up at " + time(failure.deadAt(), "an unknown time");
                };
        return failure.fault() + " (step " + failure.step() + ", " + failure.attempts()
                + (failure.attempts() == 1 ? " attempt" : " attempts") + ", "
                + time(failure.failedAt(), "an unknown time") + "); " + next;
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : Times.format(time);
    }

    /** Formats a time, or its placeholder. */
    static String time(@Nullable Instant time, String none) {
        return time == null ? none : Times.format(time);
    }

    static void table(List<FlowDetails> flows, PrintWriter out) {
        Table table = new Table("ID", "NAME", "TRIGGER", "STATUS", "SEGMENT", "STEPS", "CREATED");
        for (FlowDetails flow : flows) {
            table.row(
                    flow.id(),
                    flow.name(),
                    flow.trigger().wireName(),
                    status(flow),
                    segment(flow),
                    Integer.toString(flow.steps().size()),
                    Times.format(flow.createdAt()));
        }
        table.print(out);
    }

    static void lines(FlowDetails flow, PrintWriter out) {
        KeyText.line(out, "Id", flow.id());
        KeyText.line(out, "Business", flow.businessId());
        KeyText.line(out, "Name", flow.name());
        KeyText.line(out, "Trigger", flow.trigger().wireName());
        KeyText.line(out, "Status", status(flow));
        KeyText.line(out, "Segment", segment(flow));
        for (int i = 0; i < flow.steps().size(); i++) {
            KeyText.line(out, "Step " + (i + 1), flow.steps().get(i).toString());
        }
        for (Hold hold : flow.holds()) {
            KeyText.line(
                    out,
                    "Held",
                    "step " + hold.step() + " until " + time(hold.until(), "'quotient flow resume'") + ": "
                            + hold.fault());
        }
        if (flow.previousSecretUntil() != null) {
            KeyText.line(out, "Old secret", "signs until " + Times.format(flow.previousSecretUntil()));
        }
        KeyText.line(out, "Created", Times.format(flow.createdAt()));
    }

    /** Prints the secret. This is the only time it is shown. */
    static void print(ConfiguredCommand command, Issued issued) {
        if (command.json()) {
            command.print(json(issued.details())
                    .put("secret", issued.secret())
                    .put("warnings", new JsonArray(issued.warnings())));
            return;
        }
        KeyText.line(command.out(), "Id", issued.details().id());
        KeyText.line(command.out(), "Name", issued.details().name());
        KeyText.line(command.out(), "Secret", issued.secret());
        command.out().println("Keep it now: receivers check webhooks with it, and it will not be shown again.");
        issued.warnings().forEach(warning -> command.err().println("Warning: " + warning));
    }

    private static String status(FlowDetails flow) {
        return flow.active() ? flow.holds().isEmpty() ? "active" : "held" : "disabled";
    }

    private static String segment(FlowDetails flow) {
        if (flow.segmentGone()) {
            return "a deleted list";
        }
        return flow.segment() == null ? "everybody" : flow.segment();
    }
}
