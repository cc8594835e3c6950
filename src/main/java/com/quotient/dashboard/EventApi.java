package com.quotient.dashboard;

import com.quotient.analytics.EventAdmin;
import com.quotient.analytics.EventAdmin.Events;
import com.quotient.http.Answer;
import com.quotient.http.Query;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** The events of the business: {@code /events}. Thread-safe. */
final class EventApi {
    private static final int USUAL_LIMIT = 50;
    private static final int MAX_LIMIT = 100;
    private static final int MAX_CURSOR = 200;

    private final EventAdmin events;

    EventApi(EventAdmin events) {
        this.events = events;
    }

    record PointView(String time, long count) {}

    private record SeriesView(List<PointView> points, long total) {}

    Future<Answer> list(Visit visit) {
        Query query = visit.request().query();
        visit.request().reserve(EventAdmin.PAGE_BYTES);
        return events.page(
                        visit.businessId(),
                        query,
                        query.text("after", MAX_CURSOR),
                        query.count("limit", USUAL_LIMIT, MAX_LIMIT))
                .map(found -> answer(found, "next"));
    }

    Future<Answer> live(Visit visit) {
        Query query = visit.request().query();
        visit.request().reserve(EventAdmin.PAGE_BYTES);
        return events.arrived(visit.businessId(), query, query.text("after", MAX_CURSOR), visit.now())
                .map(found -> answer(found, "cursor"));
    }

    Future<Answer> series(Visit visit) {
        return events.series(visit.businessId(), visit.request().query(), visit.now())
                .map(counts -> Answer.json(new SeriesView(
                        points(counts),
                        counts.stream().mapToLong(EventAdmin.Count::count).sum())));
    }

    Future<Answer> get(Visit visit) {
        Instant time = visit.request().query().time("timestamp");
        if (time == null) {
            throw Problem.invalid("timestamp", "is required.").exception();
        }
        return events.find(visit.businessId(), visit.request().pathParameter(0), time)
                .map(event -> {
                    if (event == null) {
                        throw Problem.of(ProblemType.NOT_FOUND, "There is no such event at this time.")
                                .exception();
                    }
                    return Answer.encoded(Buffer.buffer("{\"event\":" + event + "}"));
                });
    }

    static List<PointView> points(List<EventAdmin.Count> counts) {
        return counts.stream()
                .map(count -> new PointView(Times.format(count.time()), count.count()))
                .toList();
    }

    private static Answer answer(Events found, String cursor) {
        String next = found.next() == null ? "null" : "\"" + Objects.requireNonNull(found.next()) + "\"";
        return Answer.encoded(Buffer.buffer(
                "{\"events\":[" + String.join(",", found.events()) + "],\"" + cursor + "\":" + next + "}"));
    }
}
