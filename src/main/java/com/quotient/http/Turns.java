package com.quotient.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Long work of one event loop, cut into turns. One turn is taken each time the event loop has served its sockets, whatever
 * number of requests wait for theirs, so that short requests wait for one turn at most. {@code runOnContext} does not do
 * this: Netty runs the tasks that tasks add before it looks at the sockets again. As many wait as requests were admitted.
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

    /** Netty takes up what is scheduled, however soon, only after it has served the sockets. */
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
