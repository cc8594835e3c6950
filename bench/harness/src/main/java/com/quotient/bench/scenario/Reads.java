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
import com.quotient.bench.contender.Ours;
import com.quotient.bench.contender.Pgbench;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How fast much data is read, against the same question in SQL that a person would write. */
public final class Reads implements Scenario {
    private static final KeySet KEYS = new KeySet("server", "sk", 1, 0, "ALL", 0);
    private static final int CONNECTIONS = 4;
    private static final int DOCUMENTS = 10_000;
    private static final int WORDS_OF_DOCUMENT = 250;
    private static final int VOCABULARY = 3_000;

    /** Longer than other turns, since the slowest of these requests take seconds. */
    private static final int TURN = 3;

    /** Indexes are made after the rows, which takes a quarter of the time. */
    private static final String WITHOUT_INDEXES = """
            DO $do$
            DECLARE
                made text[] := ARRAY(
                    SELECT pg_get_indexdef(indexrelid) FROM pg_index
                    WHERE indrelid = '%1$s'::regclass AND NOT indisunique);
                one text;
            BEGIN
                FOR one IN SELECT indexrelid::regclass::text FROM pg_index
                    WHERE indrelid = '%1$s'::regclass AND NOT indisunique
                LOOP
                    EXECUTE 'DROP INDEX ' || one;
                END LOOP;
                SET LOCAL session_replication_role = replica;
                %2$s;
                FOREACH one IN ARRAY made LOOP
                    EXECUTE replace(one, ' ON ONLY ', ' ON ');
                END LOOP;
            END $do$""";

    private static final String EVENTS = """
            INSERT INTO event (id, business_id, event_type, occurred_at, received_at, device_id, session_id, person_id,
                key_id, context, properties)
            SELECT 'evt_' || lpad(n::text, 22, '0'), business.id, (ARRAY['pageView', 'click', 'search', 'purchase'])[n % 4 + 1],
                moment, moment, 'device' || n % 200000, 'session' || n / 20,
                CASE WHEN n % 3 = 0 THEN 'per_' || lpad((n % 1000000)::text, 22, '0') END, 'key',
                '{"userAgent": "Mozilla/5.0 (X11; Linux x86_64)"}', '{"plan": "free"}'
            FROM business, generate_series(1, 10000000) AS n,
                LATERAL (SELECT date_trunc('day', now(), 'UTC') - interval '30 days' + n * interval '0.2592 seconds') AS at (moment)
            ORDER BY moment""";

    private static final String PEOPLE = """
            INSERT INTO person (business_id, id, email, domain, status, first_name, last_name)
            SELECT business.id, 'per_' || lpad(n::text, 22, '0'), 'person' || n || '@company' || n % 20000 || '.example',
                'company' || n % 20000 || '.example',
                CASE n % 4 WHEN 0 THEN 'SUBSCRIBED' ELSE 'NOT_SUBSCRIBED' END, 'First' || n % 1000, left(md5(n::text), 6)
            FROM business, generate_series(1, 1000000) AS n""";

    private static final String MEMBERS = """
            INSERT INTO audience_list_member (business_id, list_id, person_id, added_at)
            SELECT business_id, 'lst_all', id, now() - random() * interval '1 day' FROM person""";

    @Override
    public String name() {
        return "reads";
    }

    @Override
    public String question() {
        return "How long do reads take in a business with 10,000,000 events of 30 days, 1,000,000 people and 10,000 documents,"
                + " over 4 connections? `pgbench` sends plain SQL for the same rows over as many connections. It does not parse"
                + " the rows, and leaves out the companies, lists and properties of people.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("reads", KEYS);
        fill(lab, database);
        String business = "'" + database.text("SELECT id FROM business") + "'";
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        String day = "from=" + today.minusDays(1) + "T00:00:00Z&to=" + today + "T00:00:00Z";
        String month = "from=" + today.minusDays(30) + "T00:00:00Z&to=" + today + "T00:00:00Z";
        List<Question> questions = List.of(
                new Question(
                        "the newest 50 of the 333,000 events of a day, and their number",
                        "analytics/events?limit=50&" + day, "\"total\":3333",
                        """
                        SELECT *, (SELECT count(*) FROM event WHERE business_id = %1$s AND occurred_at >= '%2$s' AND occurred_at < '%3$s')
                        FROM event WHERE business_id = %1$s AND occurred_at >= '%2$s' AND occurred_at < '%3$s'
                        ORDER BY occurred_at DESC, id DESC LIMIT 50""".formatted(business, today.minusDays(1) + "Z", today + "Z")),
                new Question(
                        "page views of each day, of 10,000,000 events",
                        "analytics/series?eventType=pageView&interval=day&" + month, "\"total\":2499999",
                        """
                        SELECT date_trunc('day', occurred_at, 'UTC'), count(*) FROM event
                        WHERE business_id = %s AND event_type = 'pageView' AND occurred_at >= '%s' AND occurred_at < '%s'
                        GROUP BY 1""".formatted(business, today.minusDays(30) + "Z", today + "Z")),
                new Question(
                        "50 of the 1,000,000 people of a list, and their number",
                        "audience/lists/all/people?limit=50", "\"total\":1000000",
                        """
                        SELECT person.*, (SELECT count(*) FROM audience_list_member WHERE business_id = %1$s AND list_id = 'lst_all')
                        FROM audience_list_member AS member JOIN person
                            ON person.business_id = member.business_id AND person.id = member.person_id
                        WHERE member.business_id = %1$s AND list_id = 'lst_all'
                        ORDER BY added_at, person_id LIMIT 50""".formatted(business)),
                new Question(
                        "50 of the 1,111 people whose text contains person123, and their number",
                        "audience/people?search=person123&limit=50", "\"total\":1111",
                        """
                        SELECT *, count(*) OVER () FROM person
                        WHERE business_id = %s AND search_text LIKE '%%person123%%' ORDER BY id LIMIT 50""".formatted(business)),
                new Question(
                        "the best chunks of 10,000 documents for two words",
                        "memory/search?query=" + word(20) + "+" + word(45), "similarity",
                        """
                        SELECT content, ts_rank_cd(words, query) FROM memory_chunk, to_tsquery('simple', '%s & %s') AS query
                        WHERE business_id = %s AND words @@ query ORDER BY 2 DESC LIMIT 20""".formatted(word(20), word(45), business)));
        List<Workload> workloads = new ArrayList<>();
        questions.forEach(question -> workloads.add(question.workload()));
        Workload documents = new Workload(
                "documents",
                200,
                CONNECTIONS,
                IntStream.range(0, DOCUMENTS).mapToObj(Reads::document).toList());
        try (Contest contest = Contest.start(lab, List.of(documents), new Ours(database))) {
            lab.say("Writing 10,000 documents.");
            contest.sendOnce(documents);
        }
        long stored = database.number("SELECT count(*) FROM memory_node WHERE type = 'document'");
        if (stored != DOCUMENTS) {
            throw new BenchException("Of %,d documents %,d were stored.".formatted(DOCUMENTS, stored));
        }
        database.execute("VACUUM ANALYZE", "CHECKPOINT");
        try (Contest contest = Contest.start(lab, workloads, new Ours(database))) {
            for (Question question : questions) {
                if (!contest.answer(question.workload()).body().contains(question.shows())) {
                    throw new BenchException("%s answered something else: %s"
                            .formatted(question.path(), contest.answer(question.workload()).body()));
                }
                Turn ours = longer(contest.turns(question.workload()).get(0));
                Turn pgbench = longer(
                        Pgbench.turn(lab, database, CONNECTIONS, question.sql().replace('\n', ' ') + ";\n"));
                Comparison result = Comparison.run(lab, question.name(), List.of(ours), List.of(ours, pgbench));
                section.title(question.name());
                section.table(result, "request");
                section.target(Target.atMost(
                        question.name() + ": p50 of pgbench",
                        result.ratio(Ours.NAME, Pgbench.NAME, Sample::p50),
                        1.5,
                        " ×"));
            }
        }
    }

    /** {@code shows}: what the answer contains if all data is there. */
    private record Question(String name, String path, String shows, String sql) {
        Workload workload() {
            return new Workload(
                    name,
                    200,
                    CONNECTIONS,
                    List.of(Request.get("/api/v0/" + path)
                            .key(KEYS.key(0), null)
                            .build()));
        }
    }

    private static void fill(Lab lab, Database database) {
        lab.say("Writing 10,000,000 events and 1,000,000 people.");
        database.execute(
                "SELECT event_make_partition((now() AT TIME ZONE 'UTC')::date - n) FROM generate_series(0, 30) AS n",
                "SET maintenance_work_mem = '512MB'",
                WITHOUT_INDEXES.formatted("event", EVENTS),
                WITHOUT_INDEXES.formatted("person", PEOPLE),
                "INSERT INTO audience_list (business_id, id, slug, name) SELECT id, 'lst_all', 'all', 'All' FROM business",
                WITHOUT_INDEXES.formatted("audience_list_member", MEMBERS));
    }

    private static Turn longer(Turn turn) {
        return new Turn(turn.name(), seconds -> turn.run().apply(TURN * seconds));
    }

    /** Words as frequent as in a language: the first ones are in most documents, the last ones in few. */
    private static String document(int number) {
        Random random = new Random(number);
        String text = IntStream.range(0, WORDS_OF_DOCUMENT)
                .mapToObj(i -> word((int) (VOCABULARY * Math.pow(random.nextDouble(), 3))))
                .collect(Collectors.joining(" "));
        return Request.put("/api/v0/memory/notes/" + number)
                .key(KEYS.key(0), null)
                .json("{\"content\": \"# Note " + number + "\\n\\n" + text + "\"}");
    }

    /** A word of five letters. */
    private static String word(int number) {
        StringBuilder word = new StringBuilder();
        for (int rest = number * 7919 + 10_000_000; word.length() < 5; rest /= 20) {
            word.append("bcdfghjklmnpqrstvwxz".charAt(rest % 20))
                    .append(word.length() < 5 ? "aeiou".charAt(rest % 5) : "");
        }
        return word.substring(0, 5);
    }
}
