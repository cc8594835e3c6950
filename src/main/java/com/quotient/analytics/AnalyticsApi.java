package com.quotient.analytics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonToken;
import com.quotient.address.ClientAddress;
import com.quotient.analytics.IngestMessages.Kept;
import com.quotient.analytics.IngestMessages.Outcome;
import com.quotient.analytics.IngestMessages.Refused;
import com.quotient.analytics.IngestMessages.Store;
import com.quotient.analytics.IngestMessages.Stored;
import com.quotient.analytics.NewEvent.Source;
import com.quotient.config.AnalyticsConfig;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.db.PgErrors;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Page;
import com.quotient.http.Rows;
import com.quotient.http.Turns;
import com.quotient.id.Ids;
import com.quotient.json.InvalidJson;
import com.quotient.json.InvalidJson.Fault;
import com.quotient.json.StrictJson;
import com.quotient.json.StrictParser;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores and reads events: {@code /analytics}. Thread-safe. */
public final class AnalyticsApi {

    /** The maximum length of a header that is stored with each event of a request. */
    private static final int MAX_HEADER_LENGTH = 512;

    private static final int RETRY_AFTER_SECONDS = 1;

    /** Bytes of a body that are parsed in one turn of the event loop, which takes a few milliseconds at worst. */
    static final int TURN_BYTES = 64 * 1024;

    private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

    private final IngestGate gate;
    private final AnalyticsStore store;
    private final AnalyticsConfig config;
    private final EventParser parser;
    private final IngestStats stats;

    /** {@code database} serves the reads. */
    public AnalyticsApi(EventBus bus, Database database, Config config, IngestStats stats) {
        this.gate = new IngestGate(bus);
        this.store = new AnalyticsStore(database);
        this.config = config.analytics();
        this.stats = stats;
        this.parser = new EventParser(new EventLimits(
                this.config.maxBatchEvents(),
                this.config.maxEventBytes(),
                this.config.maxEventDepth(),
                this.config.maxEventProperties()));
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record TrackedOne(
            boolean success, String eventId, @Nullable Boolean duplicate) {}

    private record TrackedSeveral(boolean success, int accepted, int duplicates, List<Rejection> rejected) {}

    /**
     * {@code POST /analytics}: stores one or more events, and answers when they are committed. If some events of a
     * request are refused, the others are stored; 400 only if all are refused.
     */
    public Future<Answer> track(ApiRequest request) {
        return parse(request).compose(batch -> store(request, batch));
    }

    private Future<Answer> store(ApiRequest request, EventBatch batch) {
        batch.rejections().forEach(rejection -> stats.reject(rejection.code()));
        if (batch.events().isEmpty()) {
            return Future.failedFuture(noneAcceptable(batch.rejections()).exception());
        }
        Source source = source(request);
        String repetition = request.repetition();
        List<NewEvent> events = new ArrayList<>(batch.events().size());
        for (Event event : batch.events()) {
            events.add(new NewEvent(
                    Ids.next("evt_", request.receivedMillis()),
                    EventTime.correct(source.receivedAt(), event.timestamp(), batch.sentAt()),
                    source,
                    // If they are stored and the answer is lost, a retry of the request finds them.
                    repetition == null ? event : event.orIdentifiedBy(repetition + "-" + events.size())));
        }
        return gate.store(new Store(source.businessId(), events, request.body().length))
                .recover(unknown -> Future.failedFuture(unavailable().exception()))
                .map(answer -> {
                    if (answer instanceof Stored stored) {
                        stats.lost(batch.lost());
                        return answer(batch, stored.outcomes());
                    }
                    throw overloaded().exception();
                });
    }

    /** {@code GET /analytics/events}: one page of events, newest first, read and sent in chunks. */
    public Future<Answer> events(ApiRequest request) {
        Page page = Page.from(request.query());
        EventFilter filter = EventFilter.from(request.businessId(), request.query());
        return counted(store.count(filter)).compose(total -> EventReader.page(store, filter, config, page, total)
                .map(reader -> Answer.stream(
                        Answer.JSON,
                        Rows.<StoredEvent>untilEmpty(last -> reader.next())
                                .array("events", StoredEvent::json, () -> Map.of("pageData", page.data(total))))));
    }

    /**
     * {@code GET /analytics/series}: counts by minute, hour (the default), day, week or month of a time zone. Without a
     * range, the buckets up to now.
     */
    public Future<Answer> series(ApiRequest request) {
        Interval interval = Interval.from(request.query());
        ZoneId zone = zone(request.query().text("timezone"));
        boolean byType = isGroupedByType(request.query().text("groupBy"));
        EventFilter filter = EventFilter.of(request.businessId(), request.query());
        Instant to = filter.to() != null ? filter.to() : Instant.ofEpochMilli(request.receivedMillis());
        Instant from = filter.from() != null ? filter.from() : interval.usualStart(to, zone);
        EventFilter ranged = filter.between(from, to);
        int max = config.maxSeriesPoints();
        List<Instant> buckets = EventSeries.buckets(from, to, interval, zone, max);
        return counted(store.counts(ranged, buckets, byType, max + 1))
                .map(counts -> Answer.json(EventSeries.of(buckets, counts, filter.eventType(), byType, max)));
    }

    /**
     * {@code GET /analytics/export}: events as lines of JSON, oldest first. Each piece is read when the caller has
     * taken the one before, so a slow caller holds neither memory nor a database connection.
     */
    public Future<Answer> export(ApiRequest request) {
        EventFilter filter = EventFilter.of(request.businessId(), request.query());
        // Bounds the range, since otherwise an export could follow new events for ever.
        EventFilter finite = filter.to() != null
                ? filter
                : filter.between(
                        filter.from(),
                        Instant.ofEpochMilli(request.receivedMillis()).plus(EventTime.MAX_LEAD));
        EventReader reader = EventReader.all(store, finite, config);
        return Future.succeededFuture(Answer.stream(
                "application/x-ndjson",
                Rows.<StoredEvent>untilEmpty(last -> reader.next()).lines("", event -> event.json() + "\n")));
    }

    /**
     * The key in the body of a request without headers: the string {@code apiKey} beside the event or the batch.
     *
     * @return null if there is none
     * @throws com.quotient.problem.ProblemException a 400 if the text is not JSON
     */
    public static @Nullable String keyInBody(byte[] body) {
        try (StrictParser json = StrictJson.parser(body)) {
            return json.nextToken() == JsonToken.START_OBJECT ? findKey(json) : null;
        } catch (InvalidJson e) {
            throw Problem.invalid(e.path(), e.getMessage()).exception();
        }
    }

    private static @Nullable String findKey(StrictParser json) {
        while (true) {
            try {
                JsonToken token = json.nextToken();
                if (token == null || token == JsonToken.END_OBJECT) {
                    return null;
                }
                if (token.isStructStart()) {
                    json.skipTo(1);
                } else if (token == JsonToken.VALUE_STRING && json.currentName().equals("apiKey")) {
                    return json.getText();
                }
            } catch (InvalidJson e) {
                // Faults of an event are reported when it is parsed, after authentication.
                if (e.fault() == Fault.UNREADABLE) {
                    throw e;
                }
            }
        }
    }

    private Future<EventBatch> parse(ApiRequest request) {
        String contentType = request.header(HttpHeaders.CONTENT_TYPE);
        boolean keyInBody = contentType != null && contentType.regionMatches(true, 0, "text/plain", 0, 10);
        Promise<EventBatch> parsed = Promise.promise();
        try {
            proceed(parser.begin(request.body(), keyInBody), parsed);
        } catch (InvalidJson e) {
            parsed.fail(Problem.invalid(e.path(), e.getMessage()).exception());
        }
        return parsed.future();
    }

    /** Parses a part of a body in this turn of the event loop, and the rest in later ones. */
    private static void proceed(EventReading reading, Promise<EventBatch> parsed) {
        try {
            if (!reading.proceed(TURN_BYTES)) {
                Turns.later(() -> proceed(reading, parsed));
                return;
            }
            parsed.complete(reading.batch());
        } catch (InvalidJson e) {
            parsed.fail(Problem.invalid(e.path(), e.getMessage()).exception());
        } catch (InvalidEvents e) {
            parsed.fail(Problem.invalid(e.path(), e.getMessage()).exception());
        } catch (RuntimeException e) {
            // In a later turn nothing else would end the request.
            parsed.fail(e);
        }
        reading.close();
    }

    private Source source(ApiRequest request) {
        return new Source(
                request.businessId(),
                request.caller().key().id(),
                bounded(request.origin()),
                switch (config.clientAddress()) {
                    case FULL -> request.clientAddress();
                    case TRUNCATED -> ClientAddress.truncate(request.clientAddress());
                    case NONE -> null;
                },
                bounded(request.header(HttpHeaders.USER_AGENT)),
                Instant.ofEpochMilli(request.receivedMillis()));
    }

    private Answer answer(EventBatch batch, List<Outcome> outcomes) {
        if (batch.single() && outcomes.get(0) instanceof Kept kept) {
            return Answer.json(new TrackedOne(true, kept.eventId(), kept.duplicate() ? true : null));
        }
        int accepted = 0;
        int duplicates = 0;
        List<Rejection> rejected = new ArrayList<>(batch.rejections());
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Refused refused) {
                rejected.add(rejection(batch, i, refused));
            } else if (outcomes.get(i) instanceof Kept kept && kept.duplicate()) {
                duplicates++;
            } else {
                accepted++;
            }
        }
        rejected.sort(Comparator.comparingInt(Rejection::index));
        if (accepted + duplicates == 0) {
            throw noneAcceptable(rejected).exception();
        }
        return Answer.json(new TrackedSeveral(true, accepted, duplicates, rejected));
    }

    /** Explains what to do if there are more events than can be counted within the statement timeout. */
    private static <T> Future<T> counted(Future<T> count) {
        return count.recover(failure -> Future.failedFuture(
                PgErrors.isTimeout(failure)
                        ? Problem.of(
                                        ProblemType.UNAVAILABLE,
                                        "There are too many events to count them in time: ask for a shorter range, with from"
                                                + " and to.")
                                .retryAfter(RETRY_AFTER_SECONDS)
                                .exception()
                        : failure));
    }

    private static ZoneId zone(@Nullable String name) {
        if (name != null && !ZONES.contains(name)) {
            throw Problem.invalid("timezone", "must be an IANA time zone, such as Europe/Berlin.")
                    .exception();
        }
        return name == null ? ZoneOffset.UTC : ZoneId.of(name);
    }

    private static Rejection rejection(EventBatch batch, int position, Refused refused) {
        int index = batch.indexOf(position);
        return new Rejection(
                index, refused.code(), refused.detail(), batch.form().path(index));
    }

    private static boolean isGroupedByType(@Nullable String groupBy) {
        if (groupBy != null && !groupBy.equals("eventType")) {
            throw Problem.invalid("groupBy", "must be eventType.").exception();
        }
        return groupBy != null;
    }

    private static @Nullable String bounded(@Nullable String header) {
        return header != null && header.length() > MAX_HEADER_LENGTH ? header.substring(0, MAX_HEADER_LENGTH) : header;
    }

    private static Problem noneAcceptable(List<Rejection> rejections) {
        return Problem.invalid(rejections.stream().map(AnalyticsApi::issue).toList());
    }

    /** The path names the member, so the sentence needs no subject. */
    private static Issue issue(Rejection rejection) {
        String path = rejection.path();
        String subject = path.substring(path.lastIndexOf('.') + 1) + " ";
        String detail = rejection.detail();
        return new Issue(path, detail.startsWith(subject) ? detail.substring(subject.length()) : detail);
    }

    private static Problem overloaded() {
        return Problem.of(ProblemType.OVERLOADED, "More events are arriving than can be stored; try again shortly.")
                .retryAfter(RETRY_AFTER_SECONDS);
    }

    private static Problem unavailable() {
        return Problem.of(
                        ProblemType.UNAVAILABLE,
                        "The events could not be stored in time; send them again with the same messageId.")
                .retryAfter(RETRY_AFTER_SECONDS);
    }
}
