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

/** Hashes passwords on few threads of their own, for few callers at a time. Thread-safe. */
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

    /** Whether the password is right; without a hash it is wrong, which takes as long to say. */
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

    /** The password of nobody; computed by the first worker that needs it. */
    private static final class Nobody {
        static final String HASH = PasswordHash.hash(Token.next());
    }
}
