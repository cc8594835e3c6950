package com.quotient.audience;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.quotient.audience.ImportReader.Group;
import com.quotient.audience.ImportReader.Item;
import com.quotient.audience.Rejections.Rejection;
import com.quotient.audience.Upserted.Refused;
import com.quotient.audience.Upserted.Stored;
import com.quotient.config.Config;
import com.quotient.db.PgErrors;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One running import of people. It takes a piece of the body, has a worker read its rows, writes them in groups, and
 * only then asks for the next piece. So memory does not grow with the file, and the sender goes as fast as the
 * database. Every group is a transaction; a file that broke off can be sent again. Used by the event loop of its
 * request.
 */
final class PeopleImport {
    private static final long CHECK_MILLIS = 500;

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final PeopleStore store;
    private final String businessId;
    private final ReadStream<Buffer> body;
    private final ImportReader reader;
    private final Supplier<Set<String>> ignoredColumns;
    private final Config config;
    private final InstantSource clock;

    private final Promise<Summary> done = Promise.promise();
    private final Rejections rejections = new Rejections();
    /** The piece in progress; the next one waits for it. */
    private Future<Void> working = Future.succeededFuture();

    private long created;
    private long updated;
    private boolean waiting;
    private long waitingSinceNanos;

    /** Time spent waiting for the sender, without the current wait. */
    private long waitedNanos;

    private long receivedBytes;

    /**
     * The outcome of the rows.
     *
     * @param rejected the first thousand, by line
     * @param ignoredColumns unknown columns; null without any
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Summary(
            long created,
            long updated,
            List<Rejections.Line> rejected,
            long rejectedTotal,
            @Nullable Set<String> ignoredColumns) {}

    PeopleImport(
            Vertx vertx,
            WorkerExecutor workers,
            PeopleStore store,
            String businessId,
            ReadStream<Buffer> body,
            ImportReader reader,
            Supplier<Set<String>> ignoredColumns,
            Config config,
            InstantSource clock) {
        this.vertx = vertx;
        this.workers = workers;
        this.store = store;
        this.businessId = businessId;
        this.body = body;
        this.reader = reader;
        this.ignoredColumns = ignoredColumns;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Reads to the end. Fails when the body is not valid, or when the database or the sender goes away. Nothing of the
     * import still runs once the future completes.
     */
    Future<Summary> run() {
        body.exceptionHandler(failure -> done.tryFail(
                Problem.invalid("", "The request ended before its body did.").exception()));
        body.handler(piece -> {
            receivedBytes += piece.length();
            arrived();
            take(() -> reader.add(piece.getBytes())).onSuccess(used -> demand());
        });
        body.endHandler(end -> {
            arrived();
            working.compose(before -> take(reader::end)).onSuccess(all -> done.tryComplete(summary()));
        });
        long timer = vertx.setPeriodic(CHECK_MILLIS, id -> checkPace());
        demand();
        return done.future()
                .onComplete(ended -> vertx.cancelTimer(timer))
                .eventually(() -> working.otherwiseEmpty())
                .onComplete(ended -> reader.close());
    }

    private void demand() {
        if (!done.future().isComplete()) {
            waiting = true;
            waitingSinceNanos = System.nanoTime();
            body.fetch(1);
        }
    }

    private void arrived() {
        if (waiting) {
            waiting = false;
            waitedNanos += System.nanoTime() - waitingSinceNanos;
        }
    }

    /** Ends an import that is silent, or so slow that it would keep its slot from others. */
    private void checkPace() {
        if (!waiting) {
            return;
        }
        long deadline = config.http().bodyDeadline().toNanos();
        long silence = System.nanoTime() - waitingSinceNanos;
        long waited = waitedNanos + silence;
        double rate = receivedBytes * 1e9 / waited;
        if (silence > deadline || waited > deadline && rate < config.audience().minImportRate()) {
            done.tryFail(Problem.of(
                            ProblemType.REQUEST_TIMEOUT,
                            "The body arrived too slowly. People already stored are kept; send the file again.")
                    .exception());
        }
    }

    /** Passes input to the reader and writes the groups that it makes. A failure fails the import. */
    private Future<Void> take(Runnable piece) {
        Promise<Void> used = Promise.promise();
        piece.run();
        takeGroups(used);
        working = used.future().onFailure(this::fail);
        return working;
    }

    /** Uses a promise, because a chain of composed futures would grow with every group. */
    private void takeGroups(Promise<Void> used) {
        if (done.future().isComplete()) {
            used.complete();
            return;
        }
        workers.executeBlocking(reader::next, false)
                .compose(group -> write(group).map(group.more()))
                .onSuccess(more -> {
                    if (more) {
                        takeGroups(used);
                    } else {
                        used.complete();
                    }
                })
                .onFailure(used::fail);
    }

    private Future<Void> write(Group group) {
        group.rejections().forEach(rejections::add);
        return group.items().isEmpty()
                ? checkRejections()
                : upsert(group.items()).compose(all -> checkRejections());
    }

    private Future<Void> upsert(List<Item> items) {
        return store.upsertAll(businessId, items.stream().map(Item::draft).toList(), false, clock.millis())
                .map(outcomes -> {
                    for (int i = 0; i < outcomes.size(); i++) {
                        count(items.get(i), outcomes.get(i));
                    }
                    return null;
                });
    }

    private void count(Item item, Upserted outcome) {
        if (outcome instanceof Refused refused) {
            rejections.add(new Rejection(
                    item.line(), item.lastLine(), refused.problem().detail()));
        } else if (outcome instanceof Stored stored && stored.created()) {
            created++;
        } else {
            updated++;
        }
    }

    /** A file with only faults is stopped early. */
    private Future<Void> checkRejections() {
        long max = config.audience().maxImportRejections();
        if (rejections.total() <= max) {
            return Future.succeededFuture();
        }
        Rejections.Line first = rejections.first().get(0);
        return Future.failedFuture(Problem.invalid(
                        "",
                        "The import ended, because more than " + max + " rows were rejected, the first one in line "
                                + first.line() + ": " + first.detail() + " " + (created + updated)
                                + " people were stored; fix the file and send it again.")
                .exception());
    }

    private Summary summary() {
        Set<String> ignored = ignoredColumns.get();
        return new Summary(
                created, updated, rejections.first(), rejections.total(), ignored.isEmpty() ? null : ignored);
    }

    private void fail(Throwable failure) {
        done.tryFail(
                PgErrors.isUnavailable(failure)
                        ? Problem.of(
                                        ProblemType.UNAVAILABLE,
                                        "The connection to the database was lost after " + (created + updated)
                                                + " people were stored; send the file again.")
                                .retryAfter(1)
                                .exception()
                        : failure);
    }
}
