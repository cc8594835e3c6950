package com.quotient.dashboard;

import com.quotient.analytics.EventAdmin;
import com.quotient.business.TeamAdmin;
import com.quotient.dashboard.EventApi.PointView;
import com.quotient.dashboard.KeyView.UsageView;
import com.quotient.http.Answer;
import com.quotient.keys.AuditEntry;
import com.quotient.keys.KeyAudit;
import com.quotient.keys.KeyListStore;
import com.quotient.keys.KeyListStore.Filter;
import com.quotient.keys.KeyListStore.Line;
import com.quotient.keys.KeyListStore.Summary;
import com.quotient.time.Times;
import com.quotient.usage.UsageHistoryStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The first page: {@code /overview}. Thread-safe. */
final class OverviewApi {
    private static final int HOURS = 24;
    private static final int MAX_ATTENTION = 20;

    /** How long a private key that a browser sent stays on the list of keys that need attention. */
    private static final Duration BROWSER_NEWS = Duration.ofDays(7);

    private static final String SEEN_IN_BROWSER = "secret_key_in_browser";

    private final KeyListStore keys;
    private final KeyAudit audit;
    private final UsageHistoryStore usage;
    private final EventAdmin events;
    private final TeamAdmin team;

    OverviewApi(KeyListStore keys, KeyAudit audit, UsageHistoryStore usage, EventAdmin events, TeamAdmin team) {
        this.keys = keys;
        this.audit = audit;
        this.usage = usage;
        this.events = events;
        this.team = team;
    }

    private record RefusalCount(String reason, long count) {}

    private record Attention(
            String keyId,
            String keyName,
            String masked,
            String reason,
            String sentence,
            @Nullable String at) {}

    private record Checklist(boolean keyMade, boolean originAllowed, boolean eventReceived, boolean memberInvited) {}

    private record Overview(
            List<UsageView> requests,
            List<PointView> events,
            List<RefusalCount> refusals,
            long keys,
            List<Attention> attention,
            Checklist checklist) {}

    Future<Answer> get(Visit visit) {
        String business = visit.businessId();
        Instant now = visit.now();
        List<Instant> hours = KeyView.hours(now, HOURS);
        Future<Map<Instant, Map<String, Long>>> requests = usage.businessHours(business, hours.get(0));
        Future<List<EventAdmin.Count>> counts = events.hours(business, hours.get(0), now);
        Future<List<Map.Entry<String, Long>>> refusals = usage.businessRefusals(
                business, LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1));
        Future<List<Attention>> attention = attention(business, now);
        Future<Summary> summary = keys.summary(business, now);
        Future<Boolean> received = events.any(business);
        Future<Boolean> invited = team.members(business)
                .compose(members -> members.size() > 1
                        ? Future.succeededFuture(true)
                        : team.invitations(business).map(invitations -> !invitations.isEmpty()));
        return Future.all(List.of(requests, counts, refusals, attention, summary, received, invited))
                .map(all -> Answer.json(new Overview(
                        UsageView.of(hours, requests.result()),
                        EventApi.points(counts.result()),
                        refusals.result().stream()
                                .map(one -> new RefusalCount(one.getKey(), one.getValue()))
                                .toList(),
                        summary.result().alive(),
                        attention.result(),
                        new Checklist(
                                summary.result().made() > 0,
                                summary.result().bound(),
                                received.result(),
                                invited.result()))));
    }

    private Future<List<Attention>> attention(String business, Instant now) {
        return keys.attention(business, MAX_ATTENTION, now).compose(lines -> audit.entries(
                        new KeyAudit.Filter(business, null, SEEN_IN_BROWSER, now.minus(BROWSER_NEWS), null),
                        MAX_ATTENTION)
                .compose(entries -> seenInBrowser(business, entries, now))
                .compose(seen -> keys.page(business, Filter.EXCEEDING_POLICY, null, MAX_ATTENTION, now)
                        .map(exceeding -> Stream.of(
                                        seen.stream(),
                                        lines.stream().map(OverviewApi::attention),
                                        exceeding.stream().map(OverviewApi::exceedsPolicy))
                                .flatMap(Function.identity())
                                .toList())));
    }

    private static Attention exceedsPolicy(Line line) {
        return new Attention(
                line.key().id(),
                line.key().spec().name(),
                line.key().masked(),
                "exceeds_policy",
                "It expires later than the policy of the business allows; give it an earlier expiry, or rotate it.",
                KeyView.time(line.key().spec().expiresAt()));
    }

    private Future<List<Attention>> seenInBrowser(String business, List<AuditEntry> entries, Instant now) {
        Map<String, AuditEntry> byKey = new LinkedHashMap<>();
        entries.forEach(entry -> byKey.putIfAbsent(entry.keyId(), entry));
        List<Future<@Nullable Line>> found = new ArrayList<>();
        byKey.keySet().forEach(id -> found.add(keys.find(business, id, now)));
        return Future.all(found).map(all -> found.stream()
                .map(Future::result)
                .filter(line -> line != null && !line.status().equals("revoked"))
                .map(line -> {
                    Line known = Objects.requireNonNull(line);
                    AuditEntry entry =
                            Objects.requireNonNull(byKey.get(known.key().id()));
                    return new Attention(
                            known.key().id(),
                            known.key().spec().name(),
                            known.key().masked(),
                            "seen_in_browser",
                            "A browser sent this private key, so others may have read it; rotate it.",
                            Times.format(entry.at()));
                })
                .toList());
    }

    private static Attention attention(Line line) {
        Instant expiresAt = line.key().spec().expiresAt();
        Instant lastUsedAt = line.key().lastUsedAt();
        return new Attention(
                line.key().id(),
                line.key().spec().name(),
                line.key().masked(),
                line.status(),
                switch (line.status()) {
                    case "expiring" ->
                        line.key().rotatedTo() == null
                                ? "It expires within 7 days; rotate it, or give it a later expiry."
                                : "It has a successor and ends within 7 days; make sure that nothing uses it any more.";
                    case "expired" -> "It has expired; requests that still use it are refused.";
                    case "refusing" -> "More than a tenth of its requests are refused; check its refusals.";
                    default -> "Nobody has used it for 90 days; revoke it if nobody needs it.";
                },
                KeyView.time(line.status().startsWith("expir") ? expiresAt : lastUsedAt));
    }
}
