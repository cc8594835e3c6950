package com.quotient.testing;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long the event loops of a server keep others waiting. Every loop is asked for an answer, again and
 * again; the measure is the processor time that its thread spent between the question and the answer, which a busy
 * machine or a pause of the collector does not change. Loops that work for other clients in between count too, so the
 * figure is an upper bound for one turn of all that is ready at once.
 */
public final class LoopWatch implements AutoCloseable {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 500_000;

    private final List<Watched> loops = new ArrayList<>();

    public LoopWatch(Vertx vertx) {
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            loops.add(new Watched(loop));
        }
    }

    /** The longest turn since the last call, in milliseconds of processor time. */
    public double longestMillis() {
        return loops.stream().mapToLong(Watched::takeLongest).max().orElse(0) / 1e6;
    }

    @Override
    public void close() {
        loops.forEach(Watched::close);
    }

    /** One loop and the thread that asks it. */
    private static final class Watched implements AutoCloseable {
        private final EventExecutor loop;
        private final long loopThread;
        private final Thread asking;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private long longest;

        Watched(EventExecutor loop) {
            this.loop = loop;
            this.loopThread = threadOf(loop);
            this.asking = new Thread(this::ask, "loop-watch");
            asking.setDaemon(true);
            asking.start();
        }

        private static long threadOf(EventExecutor loop) {
            try {
                return loop.submit(() -> Thread.currentThread().getId()).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("The event loop does not answer", e);
            }
        }

        private void ask() {
            while (!stopped.get()) {
                CountDownLatch answered = new CountDownLatch(1);
                long[] spent = new long[1];
                long before = THREADS.getThreadCpuTime(loopThread);
                try {
                    // Scheduled tasks run after the sockets were served, like the request of another caller.
                    var unused = loop.schedule(
                            () -> {
                                spent[0] = THREADS.getCurrentThreadCpuTime() - before;
                                answered.countDown();
                            },
                            1,
                            TimeUnit.NANOSECONDS);
                    if (answered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                        noteTurn(spent[0]);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    } else {
                        noteTurn(PATIENCE.toNanos());
                    }
                } catch (InterruptedException | java.util.concurrent.RejectedExecutionException e) {
                    return;
                }
            }
        }

        private synchronized void noteTurn(long nanos) {
            longest = Math.max(longest, nanos);
        }

        private synchronized long takeLongest() {
            long taken = longest;
            longest = 0;
            return taken;
        }

        @Override
        public void close() {
            stopped.set(true);
            asking.interrupt();
        }
    }
}
