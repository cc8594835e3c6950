package com.quotient.trace;

import io.vertx.core.Context;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each statement of a sampled request. Their texts are constants of this program; their parameters are
 * not recorded. Everything else that Vert.x could trace is left out: requests have their spans from
 * {@link Tracing#server}, which know their routes.
 */
final class StatementSpans implements VertxTracer<Object, @Nullable Span> {
    /** What the Postgres client calls a statement. */
    private static final String STATEMENT = "Query";

    private static final String TEXT = "db.query.text";
    private static final Pattern COMMAND = Pattern.compile("\\s*([A-Za-z]{1,20})");

    private final Tracing tracing;

    StatementSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public <R> @Nullable Span sendRequest(
            Context context,
            SpanKind kind,
            TracingPolicy policy,
            R request,
            String operation,
            BiConsumer<String, String> headers,
            TagExtractor<R> tags) {
        Span active = operation.equals(STATEMENT) ? ActiveSpan.ofStatement(context) : null;
        if (active == null) {
            return null;
        }
        String text = text(request, tags);
        Matcher command = COMMAND.matcher(text);
        Span span = tracing.client(
                command.lookingAt() ? command.group(1).toUpperCase(Locale.ROOT) : STATEMENT, active.context());
        return span == null ? null : span.with("db.system.name", "postgresql").with(TEXT, text);
    }

    @Override
    public <R> void receiveResponse(
            Context context,
            @Nullable R response,
            @Nullable Span span,
            @Nullable Throwable failure,
            TagExtractor<R> tags) {
        if (span == null) {
            return;
        }
        if (failure == null) {
            span.end();
        } else {
            span.fail(failure.getClass().getName());
        }
    }

    private static <R> String text(R request, TagExtractor<R> tags) {
        for (int i = 0; i < tags.len(request); i++) {
            if (tags.name(request, i).equals(TEXT)) {
                return tags.value(request, i);
            }
        }
        return "";
    }
}
