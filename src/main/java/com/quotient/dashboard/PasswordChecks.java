package com.quotient.dashboard;

import com.quotient.business.PasswordHash;
import com.quotient.config.DashboardConfig;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Hashes passwords on a few threads of its own, with a bounded number of waiting callers. Thread-safe. */
final class PasswordChecks {
    private final WorkerExecutor workers;
    private final int mostWaiting;
    private final AtomicInteger waiting = new AtomicInteger();

    PasswordChecks(Vertx vertx, DashboardConfig config) {
        this.workers = vertx.createSharedWorkerExecutor("passwords", config.passwordThreads());
        this.mostWaiting = config.passwordThreads() + config.passwordQueue();
    }

    Future<String> hash(String password) {
        return work(() -> PasswordHash.hash(password));
    }

    /** Whether the password is right. Without a hash it is wrong, and the check takes just as long. */
    Future<Boolean> verify(@Nullable String hash, String password) {
        return work(() -> PasswordHash.verify(hash == null ? Nobody.HASH : hash, password) && hash != null);
    }

    private <T> Future<T> work(Callable<T> work) {
        if (waiting.incrementAndGet() > mostWaiting) {
            waiting.decrementAndGet();
            return Future.failedFuture(
                    Problem.of(ProblemType.OVERLOADED, "Too many passwords are being checked; try again shortly.")
                            .retryAfter(1)
                            .exception());
        }
        return workers.executeBlocking(work, false).onComplete(done -> waiting.decrementAndGet());
    }

    /** A hash that belongs to nobody; computed by the first worker that needs it. */
    private static final class Nobody {
        static final String HASH = PasswordHash.hash(Token.next());
    }
}
