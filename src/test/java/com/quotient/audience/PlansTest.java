package com.quotient.audience;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.db.Statement;
import com.quotient.http.Page;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Postgres does where one business has 200,000 people and events, and others have some as well. */
@Tag("slow")
class PlansTest {
    private static final String BIG = "biz_big";
    private static final Page FIRST = new Page(1, 50);
    private static final Page DEEP = new Page(1000, 50);
    private static final Pattern SCAN_OF_ALL =
            Pattern.compile("Seq Scan on (person|company|audience_list|audience_list_member|event|event_[0-9]+)\\b(?!_)"
                    // Partitions that are empty.
                    + "(?! \\w+  \\(cost=0\\.00\\.\\.0\\.00)");
    private static final Pattern LOOPS = Pattern.compile("loops=(\\d+)");

    @AutoClose
    private static TestServer server;

    private static Pool pool;

    /** Collects all failures in one run. */
    private final SoftAssertions plans = new SoftAssertions();

    @BeforeAll
    static void fill() {
        // Each of the last four days gets a quarter of the events, whatever the time of day: Postgres rightly
        // reads a partition of a few rows from end to end.
        server = TestServer.start();
        pool = server.server().database().maintenance();
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO business (id, name) VALUES ('biz_big', 'Big'), ('biz_small', 'Small');
                INSERT INTO person (business_id, id, email, domain, status, first_name, last_name)
                SELECT CASE WHEN n % 10 = 0 THEN 'biz_small' ELSE 'biz_big' END, 'per_' || to_char(n, 'FM0000000'),
                    'person' || n || '@company' || n % 5000 || '.example', 'company' || n % 5000 || '.example',
                    CASE n % 4 WHEN 0 THEN 'SUBSCRIBED' WHEN 1 THEN 'BOUNCED' ELSE 'NOT_SUBSCRIBED' END,
                    'First' || n % 1000, substr(md5(n::text), 1, 6)
                FROM generate_series(1, 200000) AS n;
                INSERT INTO company (business_id, id, domain, name)
                SELECT 'biz_big', 'com_' || n, 'company' || n || '.example', md5(n::text)
                FROM generate_series(1, 20000) AS n;
                INSERT INTO audience_list (business_id, id, slug, name)
                SELECT 'biz_big', 'lst_' || n, 'list-' || n, md5(n::text) FROM generate_series(1, 10000) AS n;
                INSERT INTO audience_list_member (business_id, list_id, person_id, added_at)
                SELECT business_id, 'lst_' || right(id, 5)::int % 3 + 1, id, now() + random() * interval '1 hour'
                FROM person WHERE business_id = 'biz_big';
                SELECT event_make_partition(current_date - n) FROM generate_series(1, 4) AS n;
                INSERT INTO event (id, business_id, event_type, occurred_at, received_at, device_id, session_id, person_id,
                    key_id, context, properties)
                SELECT 'evt_' || n, 'biz_big', 'pageView',
                    date_trunc('day', now(), 'UTC') - n / 1000 % 4 * interval '24 hours' + n * interval '0.4 seconds', now(),
                    'd' || n % 1000,
                    's' || n % 5000, CASE WHEN n % 2 = 0 THEN 'per_' || to_char(n % 1000 + 1, 'FM0000000') END, 'k', '{}', '{}'
                FROM generate_series(1, 200000) AS n""");
        TestPostgres.execute(server.databaseUrl(), "VACUUM (ANALYZE)");
    }

    @AfterEach
    void tell() {
        plans.assertAll();
    }

    @Test
    void pagesAndCountsOfPeopleUseIndexes() {
        for (PeopleFilter filter : List.of(
                people(null, null, null, null),
                people("person1234", null, null, null),
                people("a7", null, null, null),
                people("xyz", null, null, null),
                people(null, SubscriptionStatus.BOUNCED, null, null),
                people(null, null, "list-1", null),
                people(null, null, "list-2", null),
                people(null, null, null, "com_77"),
                people("first9", SubscriptionStatus.SUBSCRIBED, "list-1", null))) {
            usesIndexes(filter + " counted", PeopleStore.count("EXPLAIN ", filter));
            usesIndexes(filter + " first", PeopleStore.page(explain(PeopleStore.SELECT), null, filter, null, 50, 0));
            usesIndexes(
                    filter + " deep",
                    PeopleStore.page(explain(PeopleStore.SELECT), null, filter, null, 50, DEEP.offset()));
            usesIndexes(
                    filter + " exported",
                    PeopleStore.page(explain(PeopleStore.SELECT), "per_0100000", filter, Instant.now(), 500, 0));
        }
    }

    @Test
    void pagesAndCountsOfCompaniesUseIndexes() {
        for (SearchTerm search : new SearchTerm[] {null, new SearchTerm("company123"), new SearchTerm("a7")}) {
            usesIndexes(
                    search + " counted", CompanyStore.TABLE.where(explain(CompanyStore.TABLE.count()), BIG, search));
            usesIndexes(
                    search + " first",
                    CompanyStore.TABLE.page(explain(CompanyStore.TABLE.select()), BIG, search, null, 0, 50));
            usesIndexes(
                    search + " deep",
                    CompanyStore.TABLE.page(explain(CompanyStore.TABLE.select()), BIG, search, null, 14_950, 50));
        }
    }

    @Test
    void pagesAndCountsOfListsUseIndexes() {
        for (SearchTerm search : new SearchTerm[] {null, new SearchTerm("list-123"), new SearchTerm("a7")}) {
            usesIndexes(search + " counted", ListStore.TABLE.where(explain(ListStore.TABLE.count()), BIG, search));
            usesIndexes(
                    search + " first",
                    ListStore.TABLE.page(explain(ListStore.TABLE.select()), BIG, search, null, 0, 50));
            usesIndexes(
                    search + " deep",
                    ListStore.TABLE.page(explain(ListStore.TABLE.select()), BIG, search, null, 7_450, 50));
        }
    }

    @Test
    void pagesAndCountsOfThoseOnAListUseIndexes() {
        for (SearchTerm search : new SearchTerm[] {null, new SearchTerm("person1234"), new SearchTerm("a7")}) {
            for (String list : List.of("lst_1", "lst_2", "lst_3")) {
                String what = list + " " + search;
                usesIndexes(
                        what + " counted",
                        ListStore.members(new Statement(explain(ListStore.COUNT_MEMBERS)), BIG, list, search));
                usesIndexes(
                        what + " first", ListStore.membersPage(explain(ListStore.MEMBERS), BIG, list, search, FIRST));
                usesIndexes(what + " deep", ListStore.membersPage(explain(ListStore.MEMBERS), BIG, list, search, DEEP));
            }
        }
    }

    @Test
    void eventsAreLinkedAndUnlinkedByIndexes() {
        usesIndexes("a step", new Statement("EXPLAIN " + EventLinkStore.STEP));
        usesIndexes(
                "an erasure",
                new Statement("EXPLAIN "
                        + PeopleStore.UNLINK.replace("$1", "'biz_big'").replace("$2", "'per_0000001'")));
    }

    @Test
    void aDeepPageLooksOnlyAtTheRowsItShows() {
        PeopleFilter everybody = people(null, null, null, null);
        String plan = plan(PeopleStore.page(
                "EXPLAIN ANALYZE " + PeopleStore.SELECT, null, everybody, null, DEEP.limit(), DEEP.offset()));
        assertThat(LOOPS.matcher(plan).results().mapToInt(loops -> Integer.parseInt(loops.group(1))))
                .as(plan)
                .isNotEmpty()
                .allMatch(loops -> loops <= DEEP.limit());
    }

    private static PeopleFilter people(
            @Nullable String search,
            @Nullable SubscriptionStatus status,
            @Nullable String list,
            @Nullable String company) {
        return new PeopleFilter(BIG, search == null ? null : new SearchTerm(search), status, list, company);
    }

    private static String explain(String start) {
        return "EXPLAIN " + start;
    }

    private void usesIndexes(String what, Statement statement) {
        String plan = plan(statement);
        plans.assertThat(SCAN_OF_ALL.matcher(plan).find())
                .as("whether a table is read from end to end for %s: %s", what, plan)
                .isFalse();
    }

    private static String plan(Statement statement) {
        return TestServer.await(statement.execute(pool)).stream()
                .map(row -> row.getString(0))
                .collect(Collectors.joining("\n"));
    }
}
