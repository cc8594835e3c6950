package com.quotient.http;

import com.quotient.auth.Caller;
import com.quotient.trace.Span;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;

/**
 * What the span of a request says, by OpenTelemetry's semantic conventions for HTTP. The route stands for the path,
 * which a client may fill with anything.
 */
final class RequestSpan {
    private final String prefix;

    /** {@code prefix} of the paths of the routes. */
    RequestSpan(String prefix) {
        this.prefix = prefix;
    }

    void ended(ApiRequest request, int status) {
        Span span = request.span();
        if (span == null) {
            return;
        }
        if (span.isRecording()) {
            describe(span, request, status);
        }
        if (status >= 500) {
            span.fail(Integer.toString(status));
        } else {
            span.end();
        }
    }

    private void describe(Span span, ApiRequest request, int status) {
        HttpMethod method = request.http().method();
        boolean known = HttpMethod.values().contains(method);
        String name = known ? method.name() : "HTTP";
        Route route = request.routeOrNull();
        if (route != null) {
            String template = prefix + route.path();
            span.with("http.route", template);
            name += " " + template;
        }
        span.rename(name);
        span.with("http.request.method", known ? method.name() : "_OTHER")
                .with("http.response.status_code", status)
                .with("url.scheme", request.http().isSSL() ? "https" : "http")
                .with("network.protocol.version", request.http().version() == HttpVersion.HTTP_2 ? "2" : "1.1");
        Caller caller = request.callerOrNull();
        if (caller != null) {
            span.with("quotient.business.id", caller.key().businessId())
                    .with("quotient.key.id", caller.key().id());
        }
    }
}
