package com.quotient.flow;

import com.quotient.config.WebhookConfig;
import com.quotient.id.Ids;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Flows, people and lists for tests, and what came of them. */
final class FlowDatabase {
    private final TestServer server;
    private final FlowAdmin admin;
    private final FlowOutbox outbox;

    FlowDatabase(TestServer server) {
        this.server = server;
        // Lets every address in, so that it is the server that is tested. Names are not looked up.
        WebhookConfig config = TestServer.config(server.databaseUrl(), "webhook.allowPrivateAddresses", "true")
                .webhook();
        this.admin = new FlowAdmin(
                server.server().database(),
                new ReceiverCheck(config, host -> Future.succeededFuture(List.of())),
                InstantSource.system());
        this.outbox = new FlowOutbox(server.server().database().maintenance());
    }

    FlowAdmin admin() {
        return admin;
    }

    FlowOutbox outbox() {
        return outbox;
    }

    /** A flow with steps as the command line takes them. */
    FlowAdmin.Issued flow(String business, String... steps) {
        return flow(business, Trigger.PROGRAMMATIC, null, steps);
    }

    FlowAdmin.Issued flow(String business, Trigger trigger, String segment, String... steps) {
        List<Step> parsed = new ArrayList<>();
        for (String step : steps) {
            parsed.add(Step.parse(step));
        }
        return TestServer.await(admin.create(business, new FlowSpec("Welcome", trigger, segment, parsed)));
    }

    String person(String business) {
        String id = Ids.next("per_", System.currentTimeMillis());
        execute("INSERT INTO person (business_id, id, email, domain) VALUES ('" + business + "', '" + id + "', '" + id
                + "@example.com', 'example.com')");
        return id;
    }

    /** A list of some people; its slug. */
    String list(String business, String... people) {
        String id = Ids.next("lst_", System.currentTimeMillis());
        String slug = id.substring(4).toLowerCase(java.util.Locale.ROOT);
        execute("INSERT INTO audience_list (business_id, id, slug, name) VALUES ('" + business + "', '" + id + "', '"
                + slug + "', 'A list')");
        for (String person : people) {
            execute("INSERT INTO audience_list_member (business_id, list_id, person_id) VALUES ('" + business + "', '"
                    + id + "', '" + person + "')");
        }
        return slug;
    }

    long count(String table, String condition) {
        return (Long) TestPostgres.query(server.databaseUrl(), "SELECT count(*) FROM " + table + " WHERE " + condition)
                .get(0)
                .get(0);
    }

    void execute(String sql) {
        TestPostgres.execute(server.databaseUrl(), sql);
    }
}
