package com.quotient.trace;

import com.quotient.config.TracingConfig;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.VertxTracerFactory;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Spans by the SDK of OpenTelemetry, exported by OTLP over HTTP. */
final class OtelTracing implements Tracing {
    private static final int MAX_ATTRIBUTES = 32;
    private static final int MAX_ATTRIBUTE_LENGTH = 1024;

    /** How long a stop waits for the last spans. */
    private static final long LAST_EXPORT_MILLIS = 2000;

    /** The SDK would write to standard error; {@link SpanQueue} logs what concerns an operator. */
    private static final Logger LOG_OF_THE_SDK = Logger.getLogger("io.opentelemetry");

    private final SpanQueue queue;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    OtelTracing(TracingConfig config, String instance, TracingStats stats, LongSupplier nanoTime) {
        LOG_OF_THE_SDK.setLevel(Level.OFF);
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(config.endpoint())
                .setTimeout(config.timeout())
                .setConnectTimeout(config.timeout())
                .build();
        this.queue = new SpanQueue(exporter, config, stats, nanoTime);
        this.provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.builder()
                                .put("service.name", config.serviceName())
                                .put("service.instance.id", instance)
                                .build())))
                .setSampler(sampler(config))
                .setSpanLimits(SpanLimits.builder()
                        .setMaxNumberOfAttributes(MAX_ATTRIBUTES)
                        .setMaxAttributeValueLength(MAX_ATTRIBUTE_LENGTH)
                        .build())
                .addSpanProcessor(queue)
                .build();
        this.tracer = provider.get("com.quotient");
    }

    @Override
    public Span server(@Nullable String traceparent) {
        TraceParent caller = TraceParent.parse(traceparent);
        Span span = begin(
                "HTTP",
                SpanKind.SERVER,
                caller == null
                        ? null
                        : SpanContext.createFromRemoteParent(
                                caller.traceId(), caller.parentId(), flags(caller), TraceState.getDefault()));
        ActiveSpan.set(span);
        return span;
    }

    @Override
    public Span client(String name, @Nullable TraceParent parent) {
        // The parent is a span of this service, even if another server made it, so its decision holds.
        return begin(
                name,
                SpanKind.CLIENT,
                parent == null
                        ? null
                        : SpanContext.create(
                                parent.traceId(), parent.parentId(), flags(parent), TraceState.getDefault()));
    }

    @Override
    public VertxTracerFactory statements() {
        return options -> new StatementSpans(this);
    }

    @Override
    public Future<Void> close(Vertx vertx) {
        Promise<Void> closed = Promise.promise();
        long timer = vertx.setTimer(LAST_EXPORT_MILLIS, id -> closed.tryComplete());
        provider.shutdown().whenComplete(() -> {
            vertx.cancelTimer(timer);
            closed.tryComplete();
        });
        return closed.future().onComplete(done -> queue.abandon());
    }

    private static Sampler sampler(TracingConfig config) {
        Sampler ownTraces = Sampler.traceIdRatioBased(config.sampleRatio());
        return config.trustCallers()
                ? Sampler.parentBased(ownTraces)
                : Sampler.parentBasedBuilder(ownTraces)
                        .setRemoteParentSampled(new ByChance(config.sampleRatio()))
                        .build();
    }

    private Span begin(String name, SpanKind kind, @Nullable SpanContext parent) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind);
        return new OtelSpan((parent == null
                        ? builder.setNoParent()
                        : builder.setParent(Context.root().with(io.opentelemetry.api.trace.Span.wrap(parent))))
                .startSpan());
    }

    private static TraceFlags flags(TraceParent parent) {
        return TraceFlags.fromHex(parent.flags(), 0);
    }

    private record OtelSpan(io.opentelemetry.api.trace.Span span) implements Span {
        @Override
        public TraceParent context() {
            SpanContext context = span.getSpanContext();
            return new TraceParent(
                    context.getTraceId(),
                    context.getSpanId(),
                    context.getTraceFlags().asHex());
        }

        @Override
        public boolean isRecording() {
            return span.isRecording();
        }

        @Override
        public void rename(String name) {
            span.updateName(name);
        }

        @Override
        public Span with(String name, String value) {
            span.setAttribute(name, value);
            return this;
        }

        @Override
        public Span with(String name, long value) {
            span.setAttribute(name, value);
            return this;
        }

        @Override
        public void fail(String type) {
            span.setAttribute("error.type", type).setStatus(StatusCode.ERROR).end();
        }

        @Override
        public void end() {
            span.end();
        }
    }
}
