package com.quotient.ops;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks every event loop four times a second from a dedicated thread. Time counts only while that thread runs, too,
 * since a suspended machine or a long garbage collection is no fault of an event loop. The thread also detects the end
 * of memory, which may have killed the thread that would report it.
 */
public final class EventLoops implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Silence after which {@link #silent} reports an event loop; a turn should take 10 ms. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The allocation that probes for the end of memory; any request may need as much. */
    private static final int PROBE_BYTES = 64 * 1024;

    private static final int SHOWN_FRAMES = 8;

    private final List<Loop> loops;
    private final Thread thread = new Thread(this::watch, "event-loops");
    private volatile boolean closed;
    private volatile @Nullable Duration deadline;

    /** A field, so that no compiler leaves the allocation out. */
    @SuppressWarnings("UnusedVariable")
    private volatile byte @Nullable [] probe;

    public EventLoops(Vertx vertx) {
        VertxInternal internal = (VertxInternal) vertx;
        this.loops = Stream.of(internal.nettyEventLoopGroup(), internal.acceptorEventLoopGroup())
                .flatMap(group -> {
                    List<EventExecutor> executors = new ArrayList<>();
                    group.forEach(executors::add);
                    return executors.stream();
                })
                .map(Loop::new)
                .toList();
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** From now on the process ends if an event loop is silent for the deadline, or if memory ends. */
    public void endProcessAfter(Duration silence) {
        deadline = silence;
    }

    /** The names of the event loops that have not answered for two seconds. */
    public List<String> silent() {
        return loops.stream()
                .filter(loop -> loop.silentNanos > SILENT_NANOS)
                .map(Loop::name)
                .toList();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        long last = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            try {
                tick(Math.min(now - last, 2 * TICK_NANOS));
            } catch (OutOfMemoryError e) {
                if (deadline != null) {
                    ProcessEnd.outOfMemory();
                }
            }
            last = now;
        }
    }

    private void tick(long nanos) {
        probe = new byte[PROBE_BYTES];
        probe = null;
        Duration max = deadline;
        for (Loop loop : loops) {
            loop.ask(nanos);
            if (!closed && max != null && loop.silentNanos > max.toNanos()) {
                ProcessEnd.eventLoopDead(loop.name(), Duration.ofNanos(loop.silentNanos), loop.where());
            }
        }
    }

    private static final class Loop implements Runnable {
        private final EventExecutor executor;
        private volatile @Nullable Thread thread;
        private volatile boolean answered = true;
        /** Written by the thread that asks. */
        private volatile long silentNanos;

        Loop(EventExecutor executor) {
            this.executor = executor;
        }

        /** On the event loop. */
        @Override
        public void run() {
            thread = Thread.currentThread();
            answered = true;
        }

        /** {@code nanos}: since it was asked before. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
        void ask(long nanos) {
            if (!answered) {
                silentNanos += nanos;
                return;
            }
            silentNanos = 0;
            answered = false;
            try {
                executor.execute(this);
            } catch (RejectedExecutionException e) {
                // Its thread has ended, so no answer will come.
                silentNanos = nanos;
            }
        }

        String name() {
            Thread known = thread;
            return "event loop " + (known == null ? "(never started)" : known.getName());
        }

        String where() {
            Thread known = thread;
            StackTraceElement[] frames = known == null ? new StackTraceElement[0] : known.getStackTrace();
            if (frames.length == 0) {
                return "its end";
            }
            StringBuilder where = new StringBuilder();
            for (int i = 0; i < Math.min(frames.length, SHOWN_FRAMES); i++) {
                where.append(i == 0 ? "" : ", ").append(frames[i]);
            }
            return where.toString();
        }
    }
}
