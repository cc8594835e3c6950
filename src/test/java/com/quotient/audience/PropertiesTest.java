package com.quotient.audience;

import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.PROPERTIES;
import static com.quotient.audience.AudienceClient.issues;
import static com.quotient.audience.AudienceClient.members;
import static com.quotient.audience.AudienceClient.notFound;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PropertiesTest {
    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final AudienceClient client = new AudienceClient(server, keys);

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void aDefinitionIsMadeOnceAndKeepsItsType() {
        String body = "{\"name\":\"age\",\"target\":\"PERSON\",\"type\":\"NUMBER\"}";
        JsonNode made = client.post(PROPERTIES, body);
        assertThat(members(made)).containsExactly("property");
        assertThat(members(made.path("property"))).containsExactly("name", "target", "type", "createdAt");
        assertThat(client.post(PROPERTIES, body)).isEqualTo(made);
        client.define("COMPANY", "age", "TEXT");
        HttpResponse<String> other =
                client.send("POST", PROPERTIES, "{\"name\":\"age\",\"target\":\"PERSON\",\"type\":\"DATE\"}");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).path("code").asText()).isEqualTo("CONFLICT");
        assertThat(client.total(PROPERTIES)).isEqualTo(2);
    }

    @Test
    void everyFaultOfABodyIsNamed() {
        assertThat(issues(client.send("POST", PROPERTIES, "{}"))).containsExactlyInAnyOrder("name", "target", "type");
        assertThat(issues(client.send(
                        "POST", PROPERTIES, "{\"name\":\"9 lives\",\"target\":\"people\",\"type\":\"number\"}")))
                .containsExactlyInAnyOrder("name", "target", "type");
        assertThat(issues(client.send(
                        "POST",
                        PROPERTIES,
                        "{\"name\":\"" + "x".repeat(65) + "\",\"target\":\"PERSON\",\"type\":\"TEXT\"}")))
                .containsExactly("name");
        assertThat(issues(client.send("GET", PROPERTIES + "?target=NOBODY", null)))
                .containsExactly("target");
        assertThat(client.total(PROPERTIES)).isZero();
    }

    @Test
    void pagesStayAsTheyWereWhileDefinitionsAreAdded() {
        for (int i = 0; i < 6; i++) {
            client.define("PERSON", "p" + i, "TEXT");
        }
        client.define("COMPANY", "c", "TEXT");
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            JsonNode found = client.get(PROPERTIES + "?target=PERSON&limit=3&page=" + page);
            assertThat(members(found)).containsExactly("properties", "pageData");
            read.addAll(found.path("properties").findValuesAsText("name"));
            client.define("PERSON", "a" + page, "TEXT");
        }
        assertThat(read).containsExactly("p0", "p1", "p2", "p3", "p4", "p5", "a1", "a2");
        assertThat(client.total(PROPERTIES)).isEqualTo(10);
    }

    @Test
    void valuesGoWithTheirDefinitionAndDoNotComeBackWithAnotherOfTheName() {
        client.define("PERSON", "age", "NUMBER");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":5}}");
        assertThat(client.delete(PROPERTIES + "/PERSON/age").toString()).isEqualTo("{\"success\":true}");
        assertThat(client.personById(id).path("properties")).isEmpty();
        client.define("PERSON", "age", "TEXT");
        assertThat(client.personById(id).path("properties")).isEmpty();
        client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":5}}");
        assertThat(client.personById(id).path("properties").toString()).isEqualTo("{\"age\":\"5\"}");
    }

    @Test
    void absentRecordsAndThoseOfOtherBusinessesAreNotFound() {
        client.define("PERSON", "age", "NUMBER");
        AudienceClient other = new AudienceClient(server, keys);
        notFound(other.send("DELETE", PROPERTIES + "/PERSON/age", null));
        notFound(client.send("DELETE", PROPERTIES + "/COMPANY/age", null));
        notFound(client.send("DELETE", PROPERTIES + "/NOBODY/age", null));
        notFound(client.send("DELETE", PROPERTIES + "/PERSON/none", null));
        assertThat(other.total(PROPERTIES)).isZero();
        assertThat(client.total(PROPERTIES)).isEqualTo(1);
    }

    @Test
    void numberOfDefinitionsIsBounded() {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO audience_property (business_id, target, name, type)
                SELECT '%s', 'PERSON', 'p' || n, 'TEXT' FROM generate_series(1, 1000) AS n""".formatted(client.business));
        HttpResponse<String> one =
                client.send("POST", PROPERTIES, "{\"name\":\"more\",\"target\":\"PERSON\",\"type\":\"TEXT\"}");
        assertThat(one.statusCode()).isEqualTo(409);
        assertThat(json(one).path("detail").asText()).contains("1000");
        client.define("PERSON", "p7", "TEXT");
        client.define("COMPANY", "more", "TEXT");
    }

    @Test
    void aNumberOf64DigitsIsStoredAndOneOfMoreIsNot() {
        client.define("PERSON", "n", "NUMBER");
        client.define("PERSON", "t", "TEXT");
        for (String edge : List.of("1e63", "-1e-63", "0e9", "\"0e-999\"", "\"0e99999\"", "\" 1E+5 \"", "0.10")) {
            client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"n\":" + edge + ",\"t\":" + edge + "}}");
        }
        for (String beyond : List.of("1e64", "\"1e64\"", "5e-324", "\"NaN\"", "\"\"", "\"Infinity\"", "\"0x10\"")) {
            assertThat(issues(client.send(
                            "POST",
                            PEOPLE,
                            "{\"emailAddress\":\"a@b.example\",\"properties\":{\"n\":" + beyond + "}}")))
                    .as(beyond)
                    .containsExactly("properties.n");
        }
    }
}
