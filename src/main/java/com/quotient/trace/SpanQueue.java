package com.quotient.trace;

import com.google.common.base.Throwables;
import com.quotient.config.TracingConfig;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spans that wait for their export, in batches by a thread of their own. Whoever ends a span never waits. Spans that
 * find the queue full, and those that the collector does not accept, are lost, counted, and mentioned in the log once a
 * minute at most and at the end.
 */
final class SpanQueue implements SpanProcessor {
    private static final Logger log = LoggerFactory.getLogger(SpanQueue.class);
    private static final long WARNING_NANOS = Duration.ofMinutes(1).toNanos();

    /** The exporter ends by itself at the timeout; the batches wait so much longer for it. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final TracingConfig config;
    private final TracingStats stats;
    private final LongSupplier nanoTime;
    private final SpanProcessor batches;
    private final AtomicInteger waiting = new AtomicInteger();

    /** The spans that wait and those of a batch that is on its way. */
    private final AtomicInteger unfinished = new AtomicInteger();

    private final AtomicLong nextWarning;

    SpanQueue(SpanExporter exporter, TracingConfig config, TracingStats stats, LongSupplier nanoTime) {
        this.config = config;
        this.stats = stats;
        this.nanoTime = nanoTime;
        this.nextWarning = new AtomicLong(nanoTime.getAsLong());
        this.batches = BatchSpanProcessor.builder(new Counting(exporter))
                .setMaxQueueSize(config.queueSize())
                .setMaxExportBatchSize(config.batchSize())
                .setScheduleDelay(config.exportInterval())
                .setExporterTimeout(config.timeout().plus(GRACE))
                .build();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        batches.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
        return batches.isStartRequired();
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
            return;
        }
        if (waiting.incrementAndGet() > config.queueSize()) {
            waiting.decrementAndGet();
            stats.full();
            warn("tracing.queueSize spans are waiting");
        } else {
            unfinished.incrementAndGet();
            batches.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    /** Counts the spans as lost that are not exported yet, since the process ends. */
    void abandon() {
        int lost = unfinished.getAndSet(0);
        if (lost > 0) {
            stats.refused(lost);
            report("the server stopped before the collector accepted the last " + lost);
        }
    }

    private void warn(String reason) {
        long now = nanoTime.getAsLong();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + WARNING_NANOS)) {
            report(reason);
        }
    }

    private void report(String reason) {
        log.warn(
                "Spans are lost, {} since the start: {} (tracing.endpoint {})",
                stats.droppedByFullQueue() + stats.droppedByCollector(),
                reason,
                config.endpoint());
    }

    /** Counts what an exporter does. */
    private final class Counting implements SpanExporter {
        private final SpanExporter exporter;

        Counting(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int count = spans.size();
            waiting.addAndGet(-count);
            CompletableResultCode result = exporter.export(spans);
            return result.whenComplete(() -> {
                if (unfinished.getAndUpdate(n -> Math.max(0, n - count)) == 0) {
                    // They were abandoned and are counted.
                    return;
                }
                if (result.isSuccess()) {
                    stats.exported(count);
                } else {
                    stats.refused(count);
                    warn("the collector did not accept them" + cause(result.getFailureThrowable()));
                }
            });
        }

        private static String cause(@Nullable Throwable failure) {
            if (failure == null) {
                return "";
            }
            HttpResponse refusal = failure instanceof HttpExportException export ? export.getResponse() : null;
            return refusal == null
                    ? " (" + Throwables.getRootCause(failure).getClass().getSimpleName() + ")"
                    : " (HTTP status " + refusal.getStatusCode() + ")";
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
