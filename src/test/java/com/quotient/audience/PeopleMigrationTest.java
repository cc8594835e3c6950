package com.quotient.audience;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.db.DatabaseUrl;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class PeopleMigrationTest {

    @Test
    void spellingsThatWereSeveralPeopleBecomeOneAndNothingOfThemIsLost() {
        String url = TestServer.freshDatabase();
        DatabaseUrl database = DatabaseUrl.parse(url);
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password() == null ? "" : database.password())
                .locations("classpath:db/migration")
                .target("7")
                .load()
                .migrate();
        TestPostgres.execute(url, """
                INSERT INTO business (id, name) VALUES ('biz_1', 'One');
                INSERT INTO person (business_id, id, email, domain, status, first_name, last_name, created_at) VALUES
                    ('biz_1', 'per_1', U&'jos\\00E9@m\\00FCnchen.example', 'xn--mnchen-3ya.example', 'SUBSCRIBED',
                        'J', NULL, now() - interval '2 days'),
                    ('biz_1', 'per_2', U&'jose\\0301@xn--mnchen-3ya.example', 'xn--mnchen-3ya.example', 'UNSUBSCRIBED',
                        'K', 'L', now() - interval '1 day'),
                    ('biz_1', 'per_3', U&'ada@www.m\\00FCnchen.example', 'xn--mnchen-3ya.example', 'PENDING', NULL, NULL, now()),
                    ('biz_1', 'per_4', 'ada@xn--mnchen-3ya.example', 'xn--mnchen-3ya.example', 'BOUNCED', NULL, NULL, now()),
                    ('biz_1', 'per_5', U&'ada@m\\00FCnchen.example\\200B', 'xn--mnchen-3ya.example', 'PENDING', NULL, NULL,
                        now() + interval '1 minute');
                INSERT INTO audience_list (business_id, id, slug, name) VALUES ('biz_1', 'lst_1', 'l', 'L');
                INSERT INTO audience_list_member (business_id, list_id, person_id) VALUES
                    ('biz_1', 'lst_1', 'per_2'), ('biz_1', 'lst_1', 'per_5');
                INSERT INTO event_link (business_id, person_id, kind, value) VALUES ('biz_1', 'per_2', 'DEVICE', 'd');
                """);
        try (TestServer server = TestServer.on(url)) {
            AudienceClient client = new AudienceClient(server, new TestKeys(server), "biz_1");
            JsonNode people = client.get(AudienceClient.PEOPLE).path("people");
            assertThat(people.findValuesAsText("id")).containsExactly("per_1", "per_3", "per_4");
            assertThat(people.get(0).path("emailAddress").asText()).isEqualTo("jos\u00e9@m\u00fcnchen.example");
            assertThat(people.get(0).path("emailSubscriptionStatus").asText()).isEqualTo("UNSUBSCRIBED");
            assertThat(people.get(0).path("firstName").asText()).isEqualTo("J");
            assertThat(people.get(0).path("lastName").asText()).isEqualTo("L");
            assertThat(people.get(1).path("emailAddress").asText()).isEqualTo("ada@www.m\u00fcnchen.example");
            assertThat(people.get(2).path("emailSubscriptionStatus").asText()).isEqualTo("BOUNCED");
            assertThat(client.get(AudienceClient.LISTS + "/l/people")
                            .path("people")
                            .findValuesAsText("personId"))
                    .containsExactlyInAnyOrder("per_1", "per_4");
            for (List<String> spelling : List.of(
                    List.of("Jose\u0301@m\u00fcnchen.example", "per_1"),
                    List.of("ada@www.xn--mnchen-3ya.example", "per_3"),
                    List.of("ada@m\u00fcnchen.example", "per_4"))) {
                assertThat(client.person("{\"emailAddress\":\"" + spelling.get(0) + "\"}"))
                        .isEqualTo(spelling.get(1));
            }
        }
    }
}
