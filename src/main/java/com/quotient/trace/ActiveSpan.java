package com.quotient.trace;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.context.storage.ContextLocal;
import org.jspecify.annotations.Nullable;

/**
 * The span that a Vert.x context works for. Each request has a context of its own.
 *
 * <p>Vert.x requires context locals to be registered before any context exists.
 */
public final class ActiveSpan implements VertxServiceProvider {
    private static final ContextLocal<Span> ACTIVE = ContextLocal.registerLocal(Span.class);

    static @Nullable Span of(Context context) {
        return ACTIVE.get(context);
    }

    static void set(Span span) {
        Context context = Vertx.currentContext();
        if (context != null) {
            ACTIVE.put(context, span);
        }
    }

    @Override
    public void init(VertxBootstrap bootstrap) {
        // Loading the class registers the local.
    }
}
