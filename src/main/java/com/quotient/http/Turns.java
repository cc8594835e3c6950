package com.quotient.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Long work of one event loop, cut into turns. The event loop runs one turn each time it has served its sockets,
 * however many are waiting, so a short request waits for at most one turn. {@code runOnContext} does not do this: Netty
 * runs tasks that were added by tasks before it serves the sockets again. The number of waiting turns is bounded by the
 * admitted requests.
 */
public final class Turns {
    private static final FastThreadLocal<Turns> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected Turns initialValue() {
            return new Turns();
        }
    };

    private final Queue<Turn> waiting = new ArrayDeque<>();

    private record Turn(ContextInternal context, Runnable work) {}

    private Turns() {}

    /** Runs the work in a later turn of the current event loop, on the current context. */
    public static void later(Runnable work) {
        OF_THREAD.get().add(new Turn(ContextInternal.current(), work));
    }

    private void add(Turn turn) {
        waiting.add(turn);
        if (waiting.size() == 1) {
            schedule(turn.context().nettyEventLoop());
        }
    }

    /** Netty runs scheduled tasks, however soon they are due, only after it has served the sockets. */
    private void schedule(EventLoop loop) {
        var unused = loop.schedule(() -> next(loop), 1, TimeUnit.NANOSECONDS);
    }

    private void next(EventLoop loop) {
        Turn turn = waiting.element();
        try {
            turn.context().dispatch(turn.work());
        } finally {
            waiting.remove();
            if (!waiting.isEmpty()) {
                schedule(loop);
            }
        }
    }
}
