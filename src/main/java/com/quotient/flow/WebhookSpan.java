package com.quotient.flow;

import com.quotient.flow.WebhookClient.Result;
import com.quotient.trace.Span;
import com.quotient.trace.TraceParent;
import com.quotient.trace.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The span of one attempt to deliver a webhook, and the trace that goes with it, also where no spans are recorded. The
 * path of the receiver is not recorded, since it may hold a secret of the receiver.
 */
final class WebhookSpan {
    private final @Nullable Span span;
    private final @Nullable TraceParent trace;
    private @Nullable String error;

    private WebhookSpan(@Nullable Span span, @Nullable TraceParent trace) {
        this.span = span;
        this.trace = trace;
    }

    /** A part of the trace of the request that triggered the flow. */
    static WebhookSpan begin(Tracing tracing, Delivery delivery) {
        TraceParent parent = delivery.trace();
        Span span = tracing.client("POST", parent);
        if (span == null) {
            return new WebhookSpan(null, parent == null ? null : parent.child());
        }
        if (span.isRecording()) {
            span.with("http.request.method", "POST")
                    .with("quotient.business.id", delivery.businessId())
                    .with("quotient.flow.id", delivery.flowId())
                    .with("quotient.webhook.id", delivery.id());
            if (delivery.attempts() > 1) {
                span.with("http.request.resend_count", delivery.attempts() - 1);
            }
        }
        return new WebhookSpan(span, span.context());
    }

    /** What the receiver is told; null if there is no trace. */
    @Nullable
    TraceParent trace() {
        return trace;
    }

    void sentTo(Receiver receiver) {
        if (span != null) {
            span.with("server.address", receiver.host()).with("server.port", receiver.port());
        }
    }

    void answered(int status) {
        if (span != null) {
            span.with("http.response.status_code", status);
            error = Integer.toString(status);
        }
    }

    void ended(Result result) {
        if (span == null) {
            return;
        }
        if (result.fault() == null) {
            span.end();
        } else {
            span.fail(error == null ? "_OTHER" : error);
        }
    }
}
