package com.quotient.dashboard;

import com.quotient.dashboard.KeyView.CallerView;
import com.quotient.dashboard.KeyView.RefusalView;
import com.quotient.dashboard.KeyView.UsageView;
import com.quotient.http.Answer;
import com.quotient.usage.UsageHistoryStore;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.LongStream;

/** What a key was used for and refused: {@code /keys/{keyId}/usage}, {@code callers} and {@code refusals}. Thread-safe. */
final class KeyUseApi {
    private static final int MAX_DAYS = 30;
    private static final int USUAL_DAYS = 7;
    private static final int MAX_REFUSALS = 100;
    private static final int MAX_CALLERS = 100;
    private static final int USAGE_HOURS = 72;
    private static final int USAGE_DAYS = 90;

    private final KeyApi keys;
    private final UsageHistoryStore usage;

    KeyUseApi(KeyApi keys, UsageHistoryStore usage) {
        this.keys = keys;
        this.usage = usage;
    }

    private record UsagePage(List<UsageView> hours, List<UsageView> days) {}

    Future<Answer> usage(Visit visit) {
        Instant now = visit.now();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        List<Instant> hours = KeyView.hours(now, USAGE_HOURS);
        List<Instant> days = LongStream.range(0, USAGE_DAYS)
                .mapToObj(i -> today.minusDays(USAGE_DAYS - 1 - i)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant())
                .toList();
        return keys.line(visit).compose(line -> usage.hours(line.key().id(), hours.get(0))
                .compose(byHour -> usage.days(line.key().id(), today.minusDays(USAGE_DAYS - 1))
                        .map(byDay ->
                                Answer.json(new UsagePage(UsageView.of(hours, byHour), UsageView.of(days, byDay))))));
    }

    Future<Answer> callers(Visit visit) {
        Instant firstDay = firstDay(visit).atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant since = visit.request().query().time("since");
        Instant from = since == null || since.isBefore(firstDay) ? firstDay : since;
        return keys.line(visit)
                .compose(line -> usage.callers(line.key().id(), from, MAX_CALLERS))
                .map(found -> Answer.json(
                        "callers", found.stream().map(CallerView::of).toList()));
    }

    /** The first of as many days as the query says, today included. */
    private static LocalDate firstDay(Visit visit) {
        int days = visit.request().query().count("days", USUAL_DAYS, MAX_DAYS);
        return LocalDate.ofInstant(visit.now(), ZoneOffset.UTC).minusDays(days - 1L);
    }

    Future<Answer> refusals(Visit visit) {
        LocalDate from = firstDay(visit);
        return keys.line(visit).compose(line -> usage.refusals(line.key().id(), from, MAX_REFUSALS)
                .map(found -> Answer.json(
                        "refusals",
                        found.stream()
                                .map(refusal ->
                                        RefusalView.of(refusal, line.key().spec()))
                                .toList())));
    }
}
