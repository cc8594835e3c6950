package com.quotient.dashboard;

import com.quotient.analytics.EventAdmin;
import com.quotient.dashboard.KeyView.RefusalView;
import com.quotient.http.Answer;
import com.quotient.http.Query;
import com.quotient.keys.KeyListStore.Line;
import com.quotient.problem.Problem;
import com.quotient.usage.UsageHistoryStore;
import com.quotient.usage.UsageHistoryStore.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The events and refusals of a key while somebody watches it. Thread-safe. */
final class KeyActivity {
    private static final int USUAL_WAIT_SECONDS = 20;
    private static final int MAX_WAIT_SECONDS = 25;
    private static final long LOOK_MILLIS = 500;
    private static final int MAX_CURSOR = 100;

    /** How far back the first look at a key goes. */
    private static final Duration RECENT = Duration.ofMinutes(5);

    private final Vertx vertx;
    private final UsageHistoryStore usage;
    private final EventAdmin events;
    private final int maxWatchers;
    private final AtomicInteger watchers = new AtomicInteger();

    KeyActivity(Vertx vertx, UsageHistoryStore usage, EventAdmin events, int maxWatchers) {
        this.vertx = vertx;
        this.usage = usage;
        this.events = events;
        this.maxWatchers = maxWatchers;
    }

    /**
     * Checks twice a second until there is something new, for as long as the query says. Beyond the maximum number of
     * watchers, a request is answered at once.
     */
    Future<Answer> watch(Visit visit, Line line) {
        Query query = visit.request().query();
        Seen seen = Seen.parse(query.text("after", MAX_CURSOR), visit.now());
        int wait = query.text("wait") == null || !Objects.equals(query.text("wait"), "0")
                ? query.count("wait", USUAL_WAIT_SECONDS, MAX_WAIT_SECONDS)
                : 0;
        long until = System.nanoTime() + Duration.ofSeconds(wait).toNanos();
        boolean waits = query.text("after") != null && wait > 0;
        if (!waits) {
            return look(visit, line, seen, 0);
        }
        boolean room = watchers.incrementAndGet() <= maxWatchers;
        return look(visit, line, seen, room ? until : 0).onComplete(done -> watchers.decrementAndGet());
    }

    private Future<Answer> look(Visit visit, Line line, Seen seen, long until) {
        String keyId = line.key().id();
        Instant now = visit.now()
                .plusNanos(Math.max(0, System.nanoTime() - visit.request().startedNanos()));
        return events.lastOf(visit.businessId(), keyId, seen.event(), now)
                .compose(event -> usage.lastRefusal(keyId, seen.refusal()).compose(refusal -> {
                    boolean nothing = event == null && refusal == null;
                    if (nothing
                            && until - System.nanoTime() > 0
                            && !visit.request().isAbandoned()) {
                        return vertx.timer(LOOK_MILLIS).compose(done -> look(visit, line, seen, until));
                    }
                    return Future.succeededFuture(activity(seen, event, refusal, line));
                }));
    }

    private static Answer activity(Seen seen, @Nullable String event, @Nullable Refusal refusal, Line line) {
        Seen next = new Seen(
                event == null ? seen.event() : Instant.parse(new JsonObject(event).getString("receivedAt")),
                refusal == null ? seen.refusal() : refusal.lastSeenAt());
        String shown = refusal == null
                ? "null"
                : Answer.encode(RefusalView.of(refusal, line.key().spec())).toString();
        return Answer.encoded(Buffer.buffer(
                "{\"cursor\":\"" + next.cursor() + "\",\"event\":" + event + ",\"refusal\":" + shown + "}"));
    }

    /** The times up to which a page has seen events and refusals. */
    private record Seen(Instant event, Instant refusal) {
        static Seen parse(@Nullable String cursor, Instant now) {
            if (cursor == null) {
                return new Seen(now.minus(RECENT), now.minus(RECENT));
            }
            String[] parts = cursor.split("-", 2);
            try {
                Instant event = Instant.ofEpochMilli(Long.parseLong(parts[0]));
                Instant refusal = Instant.ofEpochMilli(Long.parseLong(parts[parts.length - 1]));
                Instant oldest = now.minus(Duration.ofDays(1));
                // Nothing older is of interest, and nothing later exists yet.
                return new Seen(within(event, oldest, now), within(refusal, oldest, now));
            } catch (NumberFormatException e) {
                throw Problem.invalid("after", "must be the cursor of another answer.")
                        .exception();
            }
        }

        private static Instant within(Instant time, Instant min, Instant max) {
            return time.isBefore(min) ? min : time.isAfter(max) ? max : time;
        }

        String cursor() {
            return event.toEpochMilli() + "-" + refusal.toEpochMilli();
        }
    }
}
