package com.quotient.analytics;

import com.quotient.analytics.IngestMessages.Arrival;
import com.quotient.analytics.IngestMessages.Arrivals;
import com.quotient.analytics.IngestMessages.Kept;
import com.quotient.analytics.IngestMessages.Outcome;
import com.quotient.analytics.IngestMessages.Overloaded;
import com.quotient.analytics.IngestMessages.Refused;
import com.quotient.analytics.IngestMessages.Reply;
import com.quotient.analytics.IngestMessages.Store;
import com.quotient.analytics.IngestMessages.Stored;
import com.quotient.analytics.IngestMessages.Taken;
import com.quotient.config.IngestConfig;
import com.quotient.db.PgErrors;
import com.quotient.db.SampledWarnings;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the queue of events. One instance. A request is answered when all its events are committed or refused, or when
 * {@code ingest.maxWait} has passed since its admission; then the outcome is unknown, and the answer says so.
 *
 * <p>While no writer is active, one takes the queue at once, so that a single event does not wait. Events that arrive
 * meanwhile form the next group. Another writer joins only when a whole group waits, or when an event has waited for
 * {@code ingest.joinDelay}: few large commits cost the database less than many small ones. A failed group is retried
 * with the same ids until no request waits for it any more. If its data are invalid, the group is halved until the
 * invalid event is alone.
 */
public final class IngestVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(IngestVerticle.class);

    private static final Taken TAKEN = new Taken();
    private static final Reply OVERLOADED = new Overloaded();
    private static final int CANNOT_KNOW = 503;
    private static final int MIN_RETRY_MILLIS = 50;
    private static final int MAX_RETRY_MILLIS = 200;
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(5);

    private final EventStore store;
    private final IngestConfig config;
    private final IngestStats stats;
    private final Admission admission;

    /** Not yet taken by a writer. */
    private final Deque<Waiting> queue = new ArrayDeque<>();

    /** Admitted requests in arrival order. All share {@code maxWait}, so the head expires first. */
    private final Deque<Waiting> unanswered = new ArrayDeque<>();

    /** The answers of this turn, by the event loop that waits for them. */
    private final Map<EventLoop, List<Runnable>> answers = new HashMap<>();

    private final Promise<Void> drained = Promise.promise();
    private int queuedEvents;
    private int idleWriters;
    private boolean deadlineSet;
    private boolean joinSet;
    private boolean stopping;
    private final SampledWarnings outages = new SampledWarnings(WARNING_INTERVAL, System::nanoTime, log::warn);
    private final SampledWarnings refusals = new SampledWarnings(WARNING_INTERVAL, System::nanoTime, log::warn);

    /** {@code pool} needs as many connections as {@code config} has writers. */
    public IngestVerticle(Pool pool, IngestConfig config, IngestStats stats) {
        this.store = new EventStore(pool);
        this.config = config;
        this.stats = stats;
        this.admission = new Admission(config);
        this.idleWriters = config.writers();
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus()
                .<Arrivals>localConsumer(IngestMessages.STORE, this::receive)
                .completion();
    }

    /**
     * Admits no more, and completes when every admitted request is answered, after {@code ingest.maxWait} at the
     * latest.
     */
    @Override
    public Future<?> stop() {
        stopping = true;
        return unanswered.isEmpty() ? Future.succeededFuture() : drained.future();
    }

    private void receive(Message<Arrivals> message) {
        if (stopping) {
            message.fail(CANNOT_KNOW, "The server is stopping.");
            return;
        }
        message.reply(TAKEN);
        long now = System.nanoTime();
        message.body().all().forEach(arrival -> admit(arrival, now));
        stats.queued(admission.events(), admission.bytes());
        setDeadline();
        write();
        sendAnswers();
    }

    private void admit(Arrival arrival, long now) {
        Store request = arrival.store();
        if (!admission.admit(request)) {
            stats.shed(request.events().size());
            answer(arrival, () -> arrival.answer().tryComplete(OVERLOADED));
            return;
        }
        Waiting waiting = new Waiting(arrival, now);
        queue.add(waiting);
        queuedEvents += request.events().size();
        unanswered.add(waiting);
    }

    private void answer(Arrival arrival, Runnable answer) {
        answers.computeIfAbsent(arrival.loop(), loop -> new ArrayList<>()).add(answer);
    }

    /** All answers of this turn to one event loop travel together. */
    private void sendAnswers() {
        answers.forEach((loop, all) -> loop.execute(() -> all.forEach(Runnable::run)));
        answers.clear();
    }

    private void write() {
        while (idleWriters > 0 && !queue.isEmpty() && (idleWriters == config.writers() || isWorthAWriter())) {
            idleWriters--;
            new GroupWrite(nextGroup()).next();
        }
        if (idleWriters > 0 && !queue.isEmpty() && !joinSet) {
            joinSet = true;
            vertx.setTimer(config.joinDelay().toMillis(), timer -> {
                joinSet = false;
                write();
            });
        }
    }

    private boolean isWorthAWriter() {
        return queuedEvents >= config.groupEvents()
                || System.nanoTime() - queue.element().arrivedNanos
                        >= config.joinDelay().toNanos();
    }

    /** As many requests as fit, but at least one. The events of a request stay together. */
    private List<Slot> nextGroup() {
        List<Slot> group = new ArrayList<>();
        int bytes = 0;
        for (Waiting next = queue.peek(); next != null; next = queue.peek()) {
            int events = next.request().events().size();
            bytes += next.request().bytes();
            if (!group.isEmpty() && (group.size() + events > config.groupEvents() || bytes > config.groupBytes())) {
                break;
            }
            unqueue();
            for (int i = 0; i < events; i++) {
                group.add(new Slot(next, i));
            }
        }
        return group;
    }

    private void unqueue() {
        queuedEvents -= queue.remove().request().events().size();
    }

    private void setDeadline() {
        Waiting oldest = unanswered.peek();
        if (oldest == null || deadlineSet) {
            return;
        }
        deadlineSet = true;
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos(oldest) - System.nanoTime());
        vertx.setTimer(Math.max(1, millis), timer -> {
            deadlineSet = false;
            expire();
            setDeadline();
        });
    }

    private long deadlineNanos(Waiting waiting) {
        return waiting.arrivedNanos + config.maxWait().toNanos();
    }

    private void expire() {
        // Timers have millisecond precision: a request due within the next millisecond counts as due.
        long now = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
        for (Waiting oldest = unanswered.peek();
                oldest != null && deadlineNanos(oldest) - now < 0;
                oldest = unanswered.peek()) {
            if (queue.peek() == oldest) {
                unqueue();
            }
            stats.unavailable(oldest.request().events().size());
            finish(oldest);
            Arrival late = oldest.arrival;
            answer(late, () -> late.answer().tryFail("The events were not committed in time."));
        }
        sendAnswers();
    }

    private void decide(Slot slot, Outcome outcome) {
        Waiting waiting = slot.waiting;
        if (waiting.answered) {
            return;
        }
        waiting.outcomes[slot.index] = outcome;
        if (--waiting.undecided == 0) {
            finish(waiting);
            Reply stored = new Stored(Arrays.asList(waiting.outcomes));
            answer(waiting.arrival, () -> waiting.arrival.answer().tryComplete(stored));
        }
    }

    private void finish(Waiting waiting) {
        waiting.answered = true;
        admission.release(waiting.request());
        stats.queued(admission.events(), admission.bytes());
        for (Waiting oldest = unanswered.peek(); oldest != null && oldest.answered; oldest = unanswered.peek()) {
            unanswered.remove();
        }
        if (stopping && unanswered.isEmpty()) {
            drained.tryComplete();
        }
    }

    /** One writer with one group, which may be split. Ends when every event is decided or expired. */
    private final class GroupWrite {
        private final Deque<List<Slot>> parts = new ArrayDeque<>();

        GroupWrite(List<Slot> group) {
            parts.add(group);
        }

        void next() {
            List<Slot> part = takePart();
            if (part == null) {
                idleWriters++;
                write();
                return;
            }
            long startedNanos = System.nanoTime();
            store.insert(part.stream().map(Slot::event).toList()).onComplete((originals, failure) -> {
                if (failure == null) {
                    committed(part, originals, System.nanoTime() - startedNanos);
                    next();
                    sendAnswers();
                } else if (PgErrors.isDataFault(failure)) {
                    divide(part, failure);
                    next();
                    sendAnswers();
                } else {
                    stats.retry();
                    outages.warn("Events could not be stored and are sent again: " + failure.getMessage());
                    parts.addFirst(part);
                    vertx.setTimer(
                            ThreadLocalRandom.current().nextInt(MIN_RETRY_MILLIS, MAX_RETRY_MILLIS), timer -> next());
                }
            });
        }

        /** The next part without expired requests, or null at the end. */
        private @Nullable List<Slot> takePart() {
            while (!parts.isEmpty()) {
                List<Slot> awaited = parts.remove().stream()
                        .filter(slot -> !slot.waiting.answered)
                        .toList();
                if (!awaited.isEmpty()) {
                    return awaited;
                }
            }
            return null;
        }

        private void committed(List<Slot> part, Map<String, String> originals, long nanos) {
            stats.committed(part.size(), originals.size(), nanos / 1e9);
            for (Slot slot : part) {
                String id = slot.event().id();
                String original = originals.get(id);
                decide(slot, original == null ? new Kept(id, false) : new Kept(original, true));
            }
        }

        private void divide(List<Slot> part, Throwable failure) {
            if (part.size() > 1) {
                int middle = part.size() / 2;
                parts.addFirst(part.subList(middle, part.size()));
                parts.addFirst(part.subList(0, middle));
                return;
            }
            // Not the database's own message: it may repeat the value.
            String state = PgErrors.sqlState(failure);
            refusals.warn("An event was refused by the database with SQLSTATE " + state + ".");
            stats.reject(Rejection.Code.INVALID_EVENT);
            decide(
                    part.get(0),
                    new Refused(
                            Rejection.Code.INVALID_EVENT,
                            "The event holds a value that the database cannot store (" + state + ")."));
        }
    }

    /** One event of a request. */
    private record Slot(Waiting waiting, int index) {
        NewEvent event() {
            return waiting.request().events().get(index);
        }
    }

    /** A request that was admitted. */
    private static final class Waiting {
        private final Arrival arrival;
        private final long arrivedNanos;
        private final Outcome[] outcomes;
        private int undecided;
        private boolean answered;

        Waiting(Arrival arrival, long arrivedNanos) {
            this.arrival = arrival;
            this.arrivedNanos = arrivedNanos;
            this.undecided = request().events().size();
            this.outcomes = new Outcome[undecided];
        }

        Store request() {
            return arrival.store();
        }
    }
}
