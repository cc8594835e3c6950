package com.quotient.ops;

import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.core.spi.metrics.PoolMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.core.transport.Transport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Watches the pools of database connections through Vert.x's metrics interface, and nothing else of Vert.x. */
public final class PoolStats implements VertxMetricsFactory {
    private static final String SQL_POOL = "sql";

    /** For names and TLS of the connections this process opens itself. */
    private static final int INTERNAL_THREADS = 4;

    private final Map<String, PoolState> pools = new ConcurrentHashMap<>();
    private BiConsumer<String, PoolState> listener = (name, pool) -> {};

    /** A Vert.x whose pools report here; {@code tracer} is null without tracing. */
    public Vertx vertx(Transport transport, int workers, @Nullable VertxTracerFactory tracer) {
        VertxBuilder builder = Vertx.builder()
                .with(new VertxOptions()
                        .setMetricsOptions(new MetricsOptions().setEnabled(true))
                        // Both pools start a thread for each task until they are full, whether or not others are idle.
                        .setWorkerPoolSize(workers)
                        .setInternalBlockingPoolSize(INTERNAL_THREADS))
                .withTransport(transport)
                .withMetrics(this);
        return (tracer == null ? builder : builder.withTracer(tracer)).build();
    }

    /** Must be called before pools are made. */
    void onCreate(BiConsumer<String, PoolState> created) {
        listener = created;
    }

    @Override
    public VertxMetrics metrics(VertxOptions options) {
        return new VertxMetrics() {
            @Override
            public PoolMetrics<?, ?> createPoolMetrics(String type, String name, int maxSize) {
                if (!type.equals(SQL_POOL)) {
                    return new PoolState(maxSize);
                }
                // A pool that replaces all its connections comes by again under its name.
                return pools.computeIfAbsent(name, made -> {
                    PoolState pool = new PoolState(maxSize);
                    listener.accept(made, pool);
                    return pool;
                });
            }
        };
    }

    /** The state of one pool. Thread-safe. */
    static final class PoolState implements PoolMetrics<Object, Object> {
        private static final Object TOKEN = new Object();

        private final int max;
        private final AtomicInteger inUse = new AtomicInteger();
        private final AtomicInteger waiting = new AtomicInteger();

        PoolState(int max) {
            this.max = max;
        }

        int max() {
            return max;
        }

        int inUse() {
            return inUse.get();
        }

        int waiting() {
            return waiting.get();
        }

        @Override
        public Object enqueue() {
            waiting.incrementAndGet();
            return TOKEN;
        }

        @Override
        public void dequeue(Object token) {
            waiting.decrementAndGet();
        }

        @Override
        public Object begin() {
            inUse.incrementAndGet();
            return TOKEN;
        }

        @Override
        public void end(Object token) {
            inUse.decrementAndGet();
        }
    }
}
