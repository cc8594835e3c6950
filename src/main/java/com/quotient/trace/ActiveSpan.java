package com.quotient.trace;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.context.storage.ContextLocal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The span that a Vert.x context works for. Each request has a context of its own.
 *
 * <p>Vert.x requires context locals to be registered before any context exists.
 */
public final class ActiveSpan implements VertxServiceProvider {
    /** The maximum number of statements of one request that have spans, since an export may have thousands. */
    static final int MAX_STATEMENTS = 100;

    private static final ContextLocal<Work> ACTIVE = ContextLocal.registerLocal(Work.class);

    /** A span, and the number of statements so far. */
    private static final class Work {
        private final Span span;
        private final AtomicInteger statements = new AtomicInteger();

        Work(Span span) {
            this.span = span;
        }
    }

    /** The span that another statement belongs to; null if there is none, or if it has too many. */
    static @Nullable Span ofStatement(Context context) {
        Work work = ACTIVE.get(context);
        return work != null && work.span.isRecording() && work.statements.incrementAndGet() <= MAX_STATEMENTS
                ? work.span
                : null;
    }

    static void set(Span span) {
        Context context = Vertx.currentContext();
        if (context != null) {
            ACTIVE.put(context, new Work(span));
        }
    }

    @Override
    public void init(VertxBootstrap bootstrap) {
        // Loading the class registers the local.
    }
}
