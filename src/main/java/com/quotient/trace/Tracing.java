package com.quotient.trace;

import com.quotient.config.TracingConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.spi.VertxTracerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans and exports them. It never makes a caller wait, and it loses spans rather than memory. Thread-safe.
 *
 * <p>Without {@code tracing.endpoint} it makes none, and no class of OpenTelemetry is loaded.
 */
public interface Tracing {
    Tracing OFF = new Tracing() {
        @Override
        public @Nullable Span server(@Nullable String traceparent) {
            return null;
        }

        @Override
        public @Nullable Span client(String name, @Nullable TraceParent parent) {
            return null;
        }

        @Override
        public @Nullable VertxTracerFactory statements() {
            return null;
        }

        @Override
        public Future<Void> close(Vertx vertx) {
            return Future.succeededFuture();
        }
    };

    /** {@code instance} tells the servers of a service apart. */
    static Tracing of(TracingConfig config, String instance, TracingStats stats) {
        return config.isEnabled() ? new OtelTracing(config, instance, stats, System::nanoTime) : OFF;
    }

    /**
     * Begins the span of a request to this server, the active one of the current Vert.x context; null if tracing is off.
     * It continues the trace of the {@code traceparent} header. Without a valid header a new trace begins. It is sampled
     * by {@code tracing.sampleRatio}; never if the header says that the caller's span is not, and always if the header
     * says that it is and {@code tracing.trustCallers} is set.
     */
    @Nullable
    Span server(@Nullable String traceparent);

    /**
     * Begins the span of something that this server asks another one; null if tracing is off. It is sampled if its
     * parent is, which must be a span of this service.
     */
    @Nullable
    Span client(String name, @Nullable TraceParent parent);

    /** Makes the spans of statements of an active span; null if tracing is off. */
    @Nullable
    VertxTracerFactory statements();

    /** Exports what waits, for a bounded time. What is not accepted by then is counted as lost. */
    Future<Void> close(Vertx vertx);
}
