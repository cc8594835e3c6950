package com.quotient.bench.scenario;

import com.quotient.bench.BenchException;
import com.quotient.bench.Comparison;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Request;
import com.quotient.bench.Sample;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Target;
import com.quotient.bench.Turn;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Copy;
import com.quotient.bench.contender.Ours;
import com.quotient.bench.contender.Pgbench;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** How fast events are stored, against what Postgres does with the same rows. */
public final class Ingest implements Scenario {
    private static final KeySet KEYS = KeySet.publicKeys(1_000);
    private static final int CONNECTIONS = 64;
    private static final int BATCH = 100;
    private static final int COPIED_ROWS = 100_000;
    private static final String BATCHED = Ours.NAME + ", " + BATCH + " events a request";
    private static final String SINGLE = Ours.NAME + ", one event a request";

    /** Tables as the server's own, with the same columns, partitions and indexes. */
    private static final String[] TABLES = {
        "CREATE TABLE limit_event (LIKE event INCLUDING ALL) PARTITION BY RANGE (occurred_at)",
        "CREATE TABLE limit_event_default PARTITION OF limit_event DEFAULT",
        "CREATE TABLE limit_message (LIKE event_message INCLUDING ALL)",
    };

    /** Writes the statement that stores an event like one that is stored already, with ids of its own. */
    private static final String STATEMENT_OF_ROW = """
            SELECT format($$INSERT INTO limit_event VALUES ('evt_' || lpad(:id::text, 22, '0'), %L, %L, now(), now(), %L,
                %s, %L, %L, %L, %L, %L, %L, %L, %L, %L)$$,
                business_id, event_type, raw_timestamp,
                CASE WHEN message_id IS NULL THEN 'NULL' ELSE ':id::text' END,
                device_id, session_id, person_id, anonymous_id, key_id, origin, client_address, context, properties)
            FROM event LIMIT 1""";

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String question() {
        return "How many events are committed each second? Page views as a browser sends them, `POST /api/v0/analytics`"
                + " over 64 connections, one event or 100 events a request. `pgbench` inserts the same row, one for each"
                + " commit, over 64 connections; `COPY` copies up to 100,000 of the rows that the server has stored, over"
                + " one connection and in one commit. Both write into tables with the columns, the partitioning and the"
                + " five indexes of the server's own; with message ids also into one like its table of message ids, with"
                + " its two indexes. All tables are emptied before each turn, and after each turn of the server the rows"
                + " are counted.";
    }

    @Override
    public void run(Lab lab, Section section) {
        compare(lab, section, false);
        compare(lab, section, true);
    }

    private static void compare(Lab lab, Section section, boolean messageIds) {
        String title = messageIds ? "events with message ids" : "events without message ids";
        Database database = lab.database(messageIds ? "ingest_messages" : "ingest", KEYS);
        database.execute(TABLES);
        Workload single = events("one event", 1, messageIds);
        Workload batched = events("a batch of events", BATCH, messageIds);
        try (Contest contest = Contest.start(lab, List.of(single, batched), new Ours(database))) {
            Turn one = verified(database, SINGLE, contest.turns(single).get(0));
            Turn many =
                    verified(database, BATCHED, contest.turns(batched, BATCH).get(0));
            // The limits of Postgres take the rows that these turns leave.
            Comparison.warmUp(lab, title, one, lab.options().warmUpTurns());
            Comparison.warmUp(lab, title, many, lab.options().warmUpTurns());
            Turn pgbench = emptied(database, Pgbench.turn(lab, database, CONNECTIONS, script(database, messageIds)));
            Turn copy = emptied(database, copy(lab, database, messageIds).turn());
            Comparison result = Comparison.run(lab, title, List.of(pgbench, copy), List.of(one, many, pgbench, copy));
            section.title(title);
            section.table(result, "event");
            section.target(Target.atLeast(
                    title + ", one a request: throughput of pgbench",
                    result.ratio(SINGLE, Pgbench.NAME, Sample::perSecond),
                    3,
                    " ×"));
            section.target(Target.atMost(
                    title + ", one a request: p99",
                    result.spread(SINGLE, Sample::p99).median(),
                    50,
                    " ms"));
            section.target(Target.atLeast(
                    title + ", 100 a request: throughput of COPY",
                    result.ratio(BATCHED, Copy.NAME, Sample::perSecond),
                    0.6,
                    " ×"));
        }
    }

    private static Turn emptied(Database database, Turn turn) {
        return new Turn(turn.name(), seconds -> {
            // One by one: the server may still commit what the turn before has sent, and takes its locks in its own
            // order.
            for (String table : List.of("event", "event_message", "limit_event", "limit_message")) {
                database.execute("TRUNCATE " + table);
            }
            database.execute("CHECKPOINT");
            return turn.run().apply(seconds);
        });
    }

    /** An answer says that its event is committed, so there may be more rows than answers, but not fewer. */
    private static Turn verified(Database database, String name, Turn turn) {
        Turn emptied = emptied(database, turn);
        return new Turn(name, seconds -> {
            Sample sample = emptied.run().apply(seconds);
            long stored = database.number("SELECT count(*) FROM event");
            if (stored < sample.count()) {
                throw new BenchException(
                        "%,.0f events were acknowledged and only %,d are stored.".formatted(sample.count(), stored));
            }
            return sample;
        });
    }

    private static String script(Database database, boolean messageIds) {
        String insert = database.text(STATEMENT_OF_ROW);
        String id = "\\set id random(1, 9000000000000000000)\n";
        if (!messageIds) {
            return id + insert + ";\n";
        }
        return id + "WITH message AS (INSERT INTO limit_message SELECT business_id, :id::text, 'evt_'"
                + " || lpad(:id::text, 22, '0'), now() FROM (VALUES ('" + database.text("SELECT business_id FROM event")
                + "')) AS given (business_id)) " + insert + ";\n";
    }

    private static Copy copy(Lab lab, Database database, boolean messageIds) {
        Copy copy = new Copy(lab, database)
                .rows("SELECT * FROM event ORDER BY occurred_at LIMIT " + COPIED_ROWS, "limit_event");
        return messageIds
                ? copy.rows("SELECT * FROM event_message ORDER BY received_at LIMIT " + COPIED_ROWS, "limit_message")
                : copy;
    }

    private static Workload events(String name, int batch, boolean messageIds) {
        String body = batch == 1
                ? event(messageIds)
                : "{\"batch\": [" + String.join(", ", Collections.nCopies(batch, event(messageIds))) + "]}";
        return new Workload(
                name,
                200,
                CONNECTIONS,
                IntStream.range(0, KEYS.count())
                        .mapToObj(i -> Request.post("/api/v0/analytics")
                                .key(KEYS.key(i), KEYS.origin(i))
                                .json(body))
                        .toList());
    }

    private static String event(boolean messageId) {
        return "{" + (messageId ? "\"messageId\": \"6f1c52a4-8b1e-4c5e-" + Workload.UNIQUE + "\", " : "") + """
                "eventType": "pageView", "deviceId": "dev_4JmX0aB2cD8eF6gH1iK3", \
                "sessionId": "ses_9ZyXw7VuTs5RqPo3NmLk", "url": "https://www.example.com/shoes/runner-3?color=blue", \
                "path": "/shoes/runner-3", "title": "Runner 3 | Example Shop", "referrer": "https://www.example.com/shoes", \
                "language": "en-GB", "timezone": "Europe/London", "screenWidth": 1920, "screenHeight": 1080, \
                "productId": "runner-3", "price": 89.9, "inStock": true}""";
    }
}
