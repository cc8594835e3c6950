package com.quotient.dashboard;

import com.quotient.keys.AuditEntry;
import com.quotient.keys.KeyAdmin.Confirmation;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyListStore.Line;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTrial;
import com.quotient.keys.RateLimit;
import com.quotient.keys.Scope;
import com.quotient.time.Times;
import com.quotient.usage.UsageHistoryStore;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A key as the dashboard shows it. The components are the members on the wire. */
record KeyView(
        String id,
        String name,
        @Nullable String description,
        String tier,
        @Nullable String key,
        String masked,
        List<String> scopes,
        List<String> effectiveScopes,
        List<String> allowedOrigins,
        boolean allowMissingOrigin,
        List<String> allowedIps,
        @Nullable LimitView rateLimit,
        @Nullable String expiresAt,
        boolean exceedsPolicy,
        String status,
        String createdAt,
        @Nullable String createdBy,
        @Nullable String lastUsedAt,
        @Nullable String rotatedFrom,
        @Nullable String rotatedTo,
        @Nullable String rotatedAt,
        boolean endsOnSuccessorUse,
        @Nullable String managedBy,
        @Nullable TrialView trial,
        long version,
        List<Long> requestsByHour) {

    /** Hours of {@code requestsByHour}. */
    static final int HOURS = 36;

    record LimitView(int limit, int windowSeconds) {}

    /** Restrictions on trial. Null stands for what is not tried. */
    record TrialView(
            String since,
            @Nullable List<String> scopes,
            @Nullable List<String> allowedOrigins,
            @Nullable Boolean allowMissingOrigin,
            @Nullable List<String> allowedIps) {
        static TrialView of(KeyTrial trial) {
            return new TrialView(
                    Times.format(trial.since()),
                    trial.scopes(),
                    trial.allowedOrigins(),
                    trial.allowMissingOrigin(),
                    trial.allowedIps());
        }
    }

    static KeyView of(Line line, Map<String, String> emails, Map<Instant, Long> requests, Instant now) {
        KeyDetails key = line.key();
        KeySpec spec = key.spec();
        RateLimit limit = spec.rateLimit();
        String createdBy = key.createdBy();
        return new KeyView(
                key.id(),
                spec.name(),
                spec.description(),
                spec.tier().wireName(),
                key.readable(),
                key.masked(),
                spec.scopes(),
                Scope.names(key.effectiveScopes()),
                spec.allowedOrigins(),
                spec.allowMissingOrigin(),
                spec.allowedIps(),
                limit == null ? null : new LimitView(limit.limit(), limit.windowSeconds()),
                time(spec.expiresAt()),
                line.exceedsPolicy(),
                line.status(),
                Times.format(key.createdAt()),
                createdBy == null ? null : emails.getOrDefault(createdBy, createdBy),
                time(key.lastUsedAt()),
                key.rotatedFrom(),
                key.rotatedTo(),
                time(line.rotatedAt()),
                key.endsOnSuccessorUse(),
                key.managedBy(),
                key.trial() == null ? null : TrialView.of(key.trial()),
                key.version(),
                hours(now, HOURS).stream()
                        .map(hour -> requests.getOrDefault(hour, 0L))
                        .toList());
    }

    /** The given number of hours, oldest first; the last one is the current hour. */
    static List<Instant> hours(Instant now, int count) {
        Instant last = now.truncatedTo(ChronoUnit.HOURS);
        return LongStream.range(0, count)
                .mapToObj(i -> last.minus(Duration.ofHours(count - 1 - i)))
                .toList();
    }

    static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : Times.format(time);
    }

    /** The uses of an hour or a day. */
    record UsageView(String time, long ok, long clientError, long serverError, long refused, long rateLimited) {
        static List<UsageView> of(List<Instant> times, Map<Instant, Map<String, Long>> counts) {
            return times.stream()
                    .map(time -> {
                        Map<String, Long> byOutcome = counts.getOrDefault(time, Map.of());
                        return new UsageView(
                                Times.format(time),
                                byOutcome.getOrDefault("ok", 0L),
                                byOutcome.getOrDefault("client_error", 0L),
                                byOutcome.getOrDefault("server_error", 0L),
                                byOutcome.getOrDefault("refused", 0L),
                                byOutcome.getOrDefault("rate_limited", 0L));
                    })
                    .toList();
        }
    }

    /** The entry that would allow a refused request. */
    record AllowView(String entry, @Nullable String warning) {}

    /** Accepted requests of one kind. */
    record CallerView(
            String agent,
            @Nullable String origin,
            @Nullable String route,
            long count,
            String firstSeenAt,
            String lastSeenAt) {
        static CallerView of(UsageHistoryStore.CallerSeen caller) {
            return new CallerView(
                    caller.agent(),
                    caller.origin().isEmpty() ? null : caller.origin(),
                    caller.route().isEmpty() ? null : caller.route(),
                    caller.count(),
                    Times.format(caller.firstSeenAt()),
                    Times.format(caller.lastSeenAt()));
        }
    }

    /** Refusals of one kind. */
    record RefusalView(
            String reason,
            @Nullable String subject,
            @Nullable String route,
            long count,
            String firstSeenAt,
            String lastSeenAt,
            String explanation,
            @Nullable AllowView allow) {
        static RefusalView of(UsageHistoryStore.Refusal refusal, KeySpec spec) {
            return new RefusalView(
                    refusal.reason(),
                    refusal.subject().isEmpty() ? null : refusal.subject(),
                    refusal.route().isEmpty() ? null : refusal.route(),
                    refusal.count(),
                    Times.format(refusal.firstSeenAt()),
                    Times.format(refusal.lastSeenAt()),
                    RefusalAdvice.explain(refusal),
                    RefusalAdvice.allow(refusal, spec));
        }
    }

    /** A change of a key. */
    record AuditView(
            String id,
            String at,
            String action,
            String actor,
            String source,
            @Nullable Map<String, Object> before,
            @Nullable Map<String, Object> after) {
        static AuditView of(AuditEntry entry, Map<String, String> emails) {
            JsonObject before = entry.before();
            JsonObject after = entry.after();
            return new AuditView(
                    Long.toString(entry.id()),
                    Times.format(entry.at()),
                    entry.action(),
                    emails.getOrDefault(entry.actor(), entry.actor()),
                    entry.source(),
                    before == null ? null : before.getMap(),
                    after == null ? null : after.getMap());
        }
    }

    /** How many servers have applied a change. */
    record ConfirmationView(int applied, int live, long afterMillis, String sentence) {
        static ConfirmationView of(Confirmation confirmation, String verb) {
            long millis = confirmation.after().toMillis();
            boolean all = confirmation.applied() >= confirmation.live();
            return new ConfirmationView(
                    confirmation.applied(),
                    confirmation.live(),
                    millis,
                    verb + " on " + confirmation.applied() + " of " + confirmation.live()
                            + (confirmation.live() == 1 ? " server" : " servers") + " after " + millis + " ms"
                            + (all ? "." : "; the others follow when they can be reached."));
        }
    }
}
