package com.quotient.cli;

import com.quotient.flow.DeadLetter;
import com.quotient.flow.FlowAdmin.Issued;
import com.quotient.flow.FlowAdmin.Progress;
import com.quotient.flow.FlowDetails;
import com.quotient.flow.Step;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/** How flows are shown: as JSON and as text. */
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
                        "previousSecretUntil",
                        flow.previousSecretUntil() == null ? null : Times.format(flow.previousSecretUntil()))
                .put("createdAt", Times.format(flow.createdAt()));
    }

    static JsonObject json(Progress progress) {
        return new JsonObject()
                .put("enrolled", progress.enrolled())
                .put("finished", progress.finished())
                .put("failed", progress.dead());
    }

    static JsonObject json(DeadLetter letter) {
        return new JsonObject()
                .put("id", letter.id())
                .put("personId", letter.personId())
                .put("step", letter.step())
                .put("attempts", letter.attempts())
                .put("fault", letter.fault())
                .put("firstTriedAt", Times.format(letter.since()))
                .put("givenUpAt", Times.format(letter.deadAt()));
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
        if (flow.previousSecretUntil() != null) {
            KeyText.line(out, "Old secret", "signs until " + Times.format(flow.previousSecretUntil()));
        }
        KeyText.line(out, "Created", Times.format(flow.createdAt()));
    }

    /** The one time a secret is printed. */
    static void print(ConfiguredCommand command, Issued issued) {
        if (command.json()) {
            command.print(json(issued.details()).put("secret", issued.secret()));
            return;
        }
        KeyText.line(command.out(), "Id", issued.details().id());
        KeyText.line(command.out(), "Name", issued.details().name());
        KeyText.line(command.out(), "Secret", issued.secret());
        command.out().println("Keep it now: receivers check webhooks with it, and it will not be shown again.");
    }

    private static String status(FlowDetails flow) {
        return flow.active() ? "active" : "disabled";
    }

    private static String segment(FlowDetails flow) {
        if (flow.segmentGone()) {
            return "a deleted list";
        }
        return flow.segment() == null ? "everybody" : flow.segment();
    }
}
