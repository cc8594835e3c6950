package com.quotient.analytics;

import static com.quotient.analytics.AnalyticsDatabase.await;
import static com.quotient.analytics.AnalyticsDatabase.config;
import static com.quotient.analytics.AnalyticsDatabase.event;
import static com.quotient.analytics.AnalyticsDatabase.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.analytics.AnalyticsStore.Count;
import com.quotient.analytics.NewEvent.Source;
import com.quotient.config.AnalyticsConfig;
import com.quotient.db.Database;
import com.quotient.http.Page;
import com.quotient.testing.TestPostgres;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnalyticsStoreTest {
    private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");

    private static AnalyticsDatabase database;
    private static Database pools;

    private final String business = database.business();
    private final AnalyticsStore store = new AnalyticsStore(pools);

    @BeforeAll
    static void createDatabase() {
        database = new AnalyticsDatabase(TestPostgres.shared());
        database.execute("SELECT event_make_partition(date '2026-03-08' + n) FROM generate_series(0, 5) AS n");
        pools = database.connect(config());
    }

    @AfterAll
    static void dropDatabase() {
        await(pools.close());
        database.close();
    }

    @Test
    void pagesAreNewestFirstWithoutGapsOrRepetitionsAlsoAmongEqualTimes() {
        List<NewEvent> events = IntStream.range(0, 25)
                .mapToObj(i -> event(business, DAY.plusSeconds(i / 10 * 86_400L), ofType("a")))
                .toList();
        insert(events);
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            List<StoredEvent> found = page(all(), new Page(page, 10));
            found.forEach(event -> read.add(event.id()));
        }
        assertThat(read)
                .containsExactlyElementsOf(events.stream()
                        .sorted(Comparator.comparing(NewEvent::occurredAt)
                                .thenComparing(NewEvent::id)
                                .reversed())
                        .map(NewEvent::id)
                        .toList());
    }

    @Test
    void aPageBeyondTheEndIsEmpty() {
        insert(List.of(event(business, DAY, ofType("a"))));
        assertThat(page(all(), new Page(7, 10))).isEmpty();
        assertThat(page(all(), new Page(Integer.MAX_VALUE, 100))).isEmpty();
        assertThat(await(store.count(all()))).isEqualTo(1);
    }

    @Test
    void everyFilterFindsItsOwnAndNothingOfAnotherBusiness() {
        String person = database.person(business);
        NewEvent wanted =
                event(business, DAY, new Event("a", null, "dev", "ses", person, null, null, null, "{}", "{}"));
        insert(List.of(
                wanted,
                event(business, DAY.plusSeconds(10), ofType("b")),
                event(business, DAY.minusSeconds(1), ofType("b")),
                event(database.business(), DAY, ofType("a"))));
        Instant next = DAY.plusSeconds(1);
        assertThat(ids(new EventFilter(business, "a", null, null, null, null, null, null)))
                .containsExactly(wanted.id());
        assertThat(ids(new EventFilter(business, null, person, null, null, null, null, null)))
                .containsExactly(wanted.id());
        assertThat(ids(new EventFilter(business, null, null, "dev", null, null, null, null)))
                .containsExactly(wanted.id());
        assertThat(ids(new EventFilter(business, null, null, null, "ses", null, null, null)))
                .containsExactly(wanted.id());
        assertThat(ids(all().between(DAY, next))).containsExactly(wanted.id());
        assertThat(ids(all().between(next, DAY.plusSeconds(10)))).isEmpty();
        assertThat(ids(new EventFilter(business, "a", person, "dev", "ses", null, DAY, next)))
                .containsExactly(wanted.id());
        assertThat(ids(new EventFilter(business, "b", person, null, null, null, null, null)))
                .isEmpty();
        assertThat(ids(all())).hasSize(3);
    }

    @Test
    void pieceIsBoundedByItsBytesWhateverEventsWeigh() {
        Random random = new Random(5);
        List<NewEvent> events = IntStream.range(0, 300)
                .mapToObj(i -> event(
                        business,
                        DAY.plusSeconds(random.nextInt(100_000)),
                        new Event(
                                "a",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                "{}",
                                "{\"x\":\"" + "x".repeat(i % 50 == 0 ? 30_000 : random.nextInt(100)) + "\"}")))
                .toList();
        insert(events);
        for (EventReader reader : List.of(
                EventReader.all(store, all(), fetching(500, 10_000)),
                await(EventReader.page(store, all(), fetching(500, 10_000), new Page(2, 100), 300)))) {
            Set<String> ids = new HashSet<>();
            List<StoredEvent> piece;
            do {
                piece = await(reader.next());
                assertThat(piece.stream()
                                .limit(Math.max(0, piece.size() - 1))
                                .mapToInt(e -> e.properties().length())
                                .sum())
                        .isLessThan(10_000);
                piece.forEach(event -> assertThat(ids.add(event.id())).isTrue());
            } while (!piece.isEmpty());
            assertThat(ids.size()).isIn(100, 300);
        }
    }

    @Test
    void piecesPutTogetherAreEverythingOldestFirst() {
        List<NewEvent> events = IntStream.range(0, 50)
                .mapToObj(i -> event(business, DAY.plusSeconds(i / 20 * 86_400L), ofType("a")))
                .toList();
        insert(events);
        List<String> read = read(EventReader.all(store, all(), fetching(7, 1_000_000)), pieces -> assertThat(pieces)
                        .isEqualTo(8))
                .stream()
                .map(StoredEvent::id)
                .toList();
        assertThat(read)
                .containsExactlyElementsOf(events.stream()
                        .sorted(Comparator.comparing(NewEvent::occurredAt).thenComparing(NewEvent::id))
                        .map(NewEvent::id)
                        .toList());
    }

    @Test
    void countsFallIntoBucketsOfUtc() {
        insert(List.of(
                event(business, DAY.minusMillis(1), ofType("a")),
                event(business, DAY, ofType("a")),
                event(business, DAY.plusSeconds(3599), ofType("b")),
                event(business, DAY.plusSeconds(3600), ofType("b"))));
        assertThat(counts(Interval.DAY, false))
                .containsExactlyInAnyOrder(new Count(null, DAY.minusSeconds(86_400), 1), new Count(null, DAY, 3));
        assertThat(counts(Interval.HOUR, true))
                .containsExactlyInAnyOrder(
                        new Count("a", DAY.minusSeconds(3600), 1),
                        new Count("a", DAY, 1),
                        new Count("b", DAY, 1),
                        new Count("b", DAY.plusSeconds(3600), 1));
        assertThat(counts(Interval.MINUTE, false)).hasSize(4);
        assertThat(await(store.counts(all(), buckets(Interval.MINUTE), false, 2)))
                .hasSize(2);
    }

    @Test
    void aStoredEventIsWrittenWithItsContextBesideItsMembersAndItsDigitsKept() throws Exception {
        insert(List.of(new NewEvent(
                "evt_" + UUID.randomUUID(),
                DAY.plusMillis(7),
                new Source(business, "key_1", "https://a.example", "192.0.2.0", "agent \"x\"", DAY),
                new Event(
                        "search",
                        "m",
                        null,
                        null,
                        null,
                        null,
                        DAY,
                        "1773100800000",
                        "{\"url\":\"https://a.example/ü\",\"utm\":{\"source\":\"x\"}}",
                        "{\"n\":100000000000000000000.10,\"s\":\"a\\nb\"}"))));
        String json = page(all(), new Page(1, 1)).get(0).json();
        JsonNode event = new ObjectMapper().readTree(json);
        List<String> names = new ArrayList<>();
        event.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .startsWith(
                        "id",
                        "eventType",
                        "timestamp",
                        "receivedAt",
                        "rawTimestamp",
                        "messageId",
                        "deviceId",
                        "sessionId",
                        "personId",
                        "anonymousId")
                .endsWith("properties", "keyId", "origin", "clientAddress")
                .contains("url", "utm", "userAgent")
                .hasSize(17);
        assertThat(event.path("timestamp").asText()).isEqualTo("2026-03-10T00:00:00.007Z");
        assertThat(event.path("userAgent").asText()).isEqualTo("agent \"x\"");
        assertThat(event.path("deviceId").isNull()).isTrue();
        assertThat(json).contains("100000000000000000000.10");
    }

    @Test
    void onlyThePartitionsOfTheRangeAreRead() {
        assertThat(String.valueOf(database.query("EXPLAIN SELECT id FROM event WHERE business_id = 'b'"
                        + " AND occurred_at >= '2026-03-10' AND occurred_at < '2026-03-11'"
                        + " ORDER BY occurred_at DESC, id DESC LIMIT 50")))
                .contains("event_20260310")
                .contains("Index")
                .doesNotContain("event_20260309")
                .doesNotContain("event_20260311")
                .doesNotContain("event_default");
    }

    private List<Count> counts(Interval interval, boolean byType) {
        return await(store.counts(all(), buckets(interval), byType, 100));
    }

    private static List<Instant> buckets(Interval interval) {
        return EventSeries.buckets(DAY.minusSeconds(86_400), DAY.plusSeconds(86_400), interval, ZoneOffset.UTC, 10_000);
    }

    private EventFilter all() {
        return new EventFilter(business, null, null, null, null, null, null, null);
    }

    private List<StoredEvent> page(EventFilter filter, Page page) {
        return read(
                await(EventReader.page(store, filter, fetching(500, 262_144), page, await(store.count(filter)))),
                n -> {});
    }

    /** Reads everything from a reader, and counts the chunks. */
    private static List<StoredEvent> read(EventReader reader, IntConsumer pieces) {
        List<StoredEvent> events = new ArrayList<>();
        int count = 0;
        for (List<StoredEvent> piece = await(reader.next()); !piece.isEmpty(); piece = await(reader.next())) {
            events.addAll(piece);
            count++;
        }
        pieces.accept(count);
        return events;
    }

    private static AnalyticsConfig fetching(int events, int bytes) {
        return config(
                        "analytics.fetchEvents",
                        Integer.toString(events),
                        "analytics.fetchBytes",
                        Integer.toString(bytes))
                .analytics();
    }

    private List<String> ids(@Nullable EventFilter filter) {
        return page(filter, new Page(1, 100)).stream().map(StoredEvent::id).toList();
    }

    private static void insert(List<NewEvent> events) {
        AnalyticsDatabase.insert(pools, events);
    }
}
