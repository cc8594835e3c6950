package com.quotient.audience;

import static com.quotient.audience.AudienceClient.LISTS;
import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.issues;
import static com.quotient.audience.AudienceClient.members;
import static com.quotient.audience.AudienceClient.notFound;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.Eventually;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeopleTest {
    private static final Duration LONG = Duration.ofSeconds(60);

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
    void anEmailAddressIsOnePersonHoweverItIsWritten() {
        String id = client.person("{\"emailAddress\":\"  Ada+News@Example.COM \"}");
        assertThat(id).startsWith("per_");
        assertThat(client.person("{\"emailAddress\":\"ada+news@example.com\"}")).isEqualTo(id);
        assertThat(client.person("{\"emailAddress\":\"ada@example.com\"}")).isNotEqualTo(id);
        assertThat(members(client.post("/people", "{\"emailAddress\":\"ADA+NEWS@example.com\"}")))
                .containsExactly("personId");
        JsonNode person = client.personById(id);
        assertThat(members(person))
                .containsExactly(
                        "id",
                        "emailAddress",
                        "emailSubscriptionStatus",
                        "firstName",
                        "lastName",
                        "jobTitle",
                        "leadScore",
                        "companyId",
                        "lists",
                        "properties",
                        "createdAt",
                        "updatedAt");
        assertThat(person.path("emailAddress").asText()).isEqualTo("Ada+News@Example.COM");
        assertThat(person.path("emailSubscriptionStatus").asText()).isEqualTo("NOT_SUBSCRIBED");
        assertThat(person.path("leadScore").asInt()).isZero();
        assertThat(person.path("firstName").isNull()).isTrue();
        assertThat(person.path("createdAt").asText()).matches("\\d{4}-.*\\.\\d{3}Z");
    }

    @Test
    void absentMembersStayNullClearsAndEmptyTextIsKept() {
        String email = "\"emailAddress\":\"a@b.example\"";
        String id = client.person("{" + email + ",\"firstName\":\"A\",\"lastName\":\"B\",\"jobTitle\":\"C\","
                + "\"leadScore\":7,\"emailSubscriptionStatus\":\"SUBSCRIBED\"}");
        client.person("{" + email + ",\"firstName\":\"\",\"lastName\":null}");
        JsonNode person = client.personById(id);
        assertThat(person.path("firstName").textValue()).isEmpty();
        assertThat(person.path("lastName").isNull()).isTrue();
        assertThat(person.path("jobTitle").asText()).isEqualTo("C");
        assertThat(person.path("leadScore").asInt()).isEqualTo(7);
        assertThat(person.path("emailSubscriptionStatus").asText()).isEqualTo("SUBSCRIBED");
        client.person("{" + email + ",\"leadScore\":null,\"emailSubscriptionStatus\":null,\"jobTitle\":null}");
        person = client.personById(id);
        assertThat(person.path("leadScore").asInt()).isZero();
        assertThat(person.path("emailSubscriptionStatus").asText()).isEqualTo("NOT_SUBSCRIBED");
        assertThat(person.path("jobTitle").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false",
        "false, false, true",
        "false, true, false",
        "false, true, true",
        "true, false, false",
        "true, false, true",
        "true, true, false",
        "true, true, true"
    })
    void listsPropertiesAndEventsOfADeviceComeInAnyCombinationToNewAndKnownPeople(
            boolean lists, boolean properties, boolean device) {
        client.list("readers");
        client.define("PERSON", "plan", "TEXT");
        for (String email : List.of("new@b.example", "known@b.example")) {
            track("{\"eventType\":\"seen\",\"deviceId\":\"" + email + "\"}");
            String known = email.startsWith("known") ? client.person("{\"emailAddress\":\"" + email + "\"}") : null;

            String id = client.person("{\"emailAddress\":\"" + email + "\",\"firstName\":\"Ada\""
                    + (lists ? ",\"lists\":[\"readers\"]" : "")
                    + (properties ? ",\"properties\":{\"plan\":\"free\"}" : "")
                    + (device ? ",\"deviceId\":\"" + email + "\"" : "") + "}");

            JsonNode person = client.personById(id);
            assertThat(id).isEqualTo(known == null ? id : known);
            assertThat(person.path("firstName").asText()).isEqualTo("Ada");
            assertThat(person.path("lists").toString()).isEqualTo(lists ? "[\"readers\"]" : "[]");
            assertThat(person.path("properties").toString()).isEqualTo(properties ? "{\"plan\":\"free\"}" : "{}");
            Eventually.eventually(LONG, () -> assertThat(pendingLinks()).isZero());
            assertThat(events("personId=" + id)).isEqualTo(device ? List.of("seen") : List.of());
        }
    }

    @Test
    void theNewerNameOfTheStatusTakesPrecedence() {
        String email = "\"emailAddress\":\"a@b.example\"";
        String id = client.person("{" + email + ",\"emailMarketingState\":\"PENDING\"}");
        assertThat(status(id)).isEqualTo("PENDING");
        client.person("{" + email + ",\"emailMarketingState\":\"SPAM\",\"emailSubscriptionStatus\":\"SUBSCRIBED\"}");
        assertThat(status(id)).isEqualTo("SUBSCRIBED");
    }

    @Test
    void everyFaultOfABodyIsNamed() {
        assertThat(issues(client.send(
                        "POST",
                        PEOPLE,
                        "{\"emailAddress\":\"nobody\",\"emailSubscriptionStatus\":\"YES\",\"firstName\":1,"
                                + "\"lastName\":\"" + "x".repeat(256) + "\",\"leadScore\":101,\"lists\":\"a\","
                                + "\"properties\":[],\"deviceId\":5,\"unknown\":1}")))
                .containsExactlyInAnyOrder(
                        "emailAddress",
                        "emailSubscriptionStatus",
                        "firstName",
                        "lastName",
                        "leadScore",
                        "lists",
                        "properties",
                        "deviceId");
        assertThat(issues(client.send("POST", PEOPLE, "{}"))).containsExactly("emailAddress");
        assertThat(issues(client.send("POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"leadScore\":1.5}")))
                .containsExactly("leadScore");
        assertThat(client.total(PEOPLE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a",
                "@b.example",
                "a@",
                "a@b@c",
                "a@b.example.",
                "a b@c.example",
                "a@b c",
                "a@b..c",
                "a@[::1]",
                "a@b:80"
            })
    void textThatIsNoEmailAddressIsRefused(String email) {
        assertThat(issues(client.send("POST", PEOPLE, "{\"emailAddress\":\"" + email + "\"}")))
                .containsExactly("emailAddress");
    }

    @Test
    void anEmailAddressMayBeAsLongAsMailAllowsAndNoLonger() {
        String longest = "a".repeat(254 - "@b.example".length()) + "@b.example";
        client.person("{\"emailAddress\":\"" + longest + "\"}");
        assertThat(issues(client.send("POST", PEOPLE, "{\"emailAddress\":\"a" + longest + "\"}")))
                .containsExactly("emailAddress");
    }

    @Test
    void lengthOfANameIsCountedInCharacters() {
        String longest = "\ud83d\ude00".repeat(255);
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"firstName\":\"" + longest + "\"}");
        assertThat(client.get(PEOPLE + "/" + id).at("/person/firstName").asText())
                .isEqualTo(longest);
        assertThat(issues(client.send(
                        "POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"firstName\":\"x" + longest + "\"}")))
                .containsExactly("firstName");
    }

    @Test
    void aPublicKeyCannotSetOrChangeReservedStatuses() {
        for (String reserved : List.of("\"NOT_SUBSCRIBED\"", "\"BOUNCED\"", "\"SPAM\"", "null")) {
            assertThat(issues(client.postPublic(
                            PEOPLE, "{\"emailAddress\":\"a@b.example\",\"emailSubscriptionStatus\":" + reserved + "}")))
                    .containsExactly("emailSubscriptionStatus");
        }
        for (String reserved : List.of("BOUNCED", "SPAM")) {
            String email = "\"emailAddress\":\"" + reserved + "@b.example\"";
            String id = client.person("{" + email + ",\"emailSubscriptionStatus\":\"" + reserved + "\"}");
            assertThat(client.postPublic(
                                    PEOPLE,
                                    "{" + email + ",\"emailSubscriptionStatus\":\"SUBSCRIBED\",\"firstName\":\"New\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(status(id)).isEqualTo(reserved);
            assertThat(client.personById(id).path("firstName").asText()).isEqualTo("New");
            client.person("{" + email + ",\"emailSubscriptionStatus\":\"SUBSCRIBED\"}");
            assertThat(status(id)).isEqualTo("SUBSCRIBED");
            assertThat(client.postPublic(PEOPLE, "{" + email + ",\"emailSubscriptionStatus\":\"UNSUBSCRIBED\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(status(id)).isEqualTo("UNSUBSCRIBED");
        }
    }

    @Test
    void valuesOfPropertiesAreConvertedToTheirType() {
        client.define("PERSON", "age", "NUMBER");
        client.define("PERSON", "vip", "BOOLEAN");
        client.define("PERSON", "plan", "TEXT");
        client.define("PERSON", "since", "DATE");
        client.define("PERSON", "seen", "DATE");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":\"42\",\"vip\":\"True\","
                + "\"plan\":12.50,\"since\":\"2026-01-15\",\"seen\":\"2026-01-15T12:30:00+02:00\"}}");
        assertThat(client.personById(id).path("properties").toString())
                .isEqualTo("{\"age\":42,\"vip\":true,\"plan\":\"12.50\",\"seen\":\"2026-01-15T10:30:00.000Z\","
                        + "\"since\":\"2026-01-15\"}");
        client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":null,\"plan\":\"\"}}");
        assertThat(client.personById(id).path("properties").toString())
                .isEqualTo(
                        "{\"vip\":true,\"plan\":\"\",\"seen\":\"2026-01-15T10:30:00.000Z\",\"since\":\"2026-01-15\"}");
    }

    @Test
    void propertiesAreClearedByTheirNamesOnly() {
        client.define("PERSON", "age", "NUMBER");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":42}}");
        assertThat(issues(client.send("POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"properties\":null}")))
                .containsExactly("properties");
        assertThat(issues(client.send(
                        "POST", AudienceClient.COMPANIES, "{\"domain\":\"b.example\",\"properties\":null}")))
                .containsExactly("properties");
        assertThat(client.personById(id).path("properties").toString()).isEqualTo("{\"age\":42}");
    }

    @Test
    void storedValuesAreNeverMuchLongerThanWhatWasSent() {
        client.define("PERSON", "n", "NUMBER");
        client.define("PERSON", "t", "TEXT");
        for (String value : List.of("5e-324", "1e300", "\"5e-324\"", "\"1e2147483647\"")) {
            for (String name : value.startsWith("\"") ? List.of("n") : List.of("n", "t")) {
                assertThat(issues(client.send(
                                "POST",
                                PEOPLE,
                                "{\"emailAddress\":\"a@b.example\",\"properties\":{\"" + name + "\":" + value + "}}")))
                        .containsExactly("properties." + name);
            }
        }
        assertThat(issues(
                        client.send("POST", AudienceClient.COMPANIES, "{\"domain\":\"b.example\",\"revenue\":1e300}")))
                .containsExactly("revenue");
    }

    @Test
    void spellingsOfAnAddressAreOnePersonShownAsItWasWrittenFirst() {
        String id = client.person("{\"emailAddress\":\"\u200bJos\u00e9@m\u00fcnchen.example\ufeff\"}");
        for (String other : List.of("jose\u0301@mu\u0308nchen.example", "JOS\u00c9@xn--mnchen-3ya.example")) {
            assertThat(client.person("{\"emailAddress\":\"" + other + "\"}")).isEqualTo(id);
        }
        assertThat(client.personById(id).path("emailAddress").asText()).isEqualTo("Jos\u00e9@m\u00fcnchen.example");
        String company = client.company("{\"domain\":\"m\u00fcnchen.example\"}");
        assertThat(client.personById(id).path("companyId").asText()).isEqualTo(company);
        client.list("l");
        client.post(LISTS + "/l/people", "{\"people\":[{\"emailAddress\":\"jose\u0301@XN--mnchen-3ya.example\"}]}");
        assertThat(client.emails(LISTS + "/l/people")).containsExactly("Jos\u00e9@m\u00fcnchen.example");
        for (String term : List.of("m%C3%BCnch", "munchen", "mu%CC%88n", "xn--mnch", "jose", "JOS%C3%89")) {
            assertThat(client.emails(PEOPLE + "?search=" + term)).as(term).hasSize(1);
        }
    }

    @Test
    void aSearchIgnoresAccentsAndTheirComposition() {
        client.person("{\"emailAddress\":\"a@b.example\",\"firstName\":\"Zoe\u0308\",\"lastName\":\"M\u00fcller\"}");
        for (String term : List.of("zo%C3%AB", "Zoe", "zoe%CC%88", "muller", "M%C3%BCLLER", "mu%CC%88ll")) {
            assertThat(client.emails(PEOPLE + "?search=" + term)).as(term).containsExactly("a@b.example");
        }
        assertThat(client.emails(PEOPLE + "?search=mueller")).isEmpty();
        client.person(
                "{\"emailAddress\":\"s@b.example\",\"firstName\":\"S\u00f8ren\",\"lastName\":\"\u0141ukasz Wei\u00df\"}");
        for (String term : List.of("soren", "S%C3%98REN", "lukasz", "%C5%81ukasz", "weiss", "wei%C3%9F")) {
            assertThat(client.emails(PEOPLE + "?search=" + term)).as(term).containsExactly("s@b.example");
        }
        // Two letters are the beginning of a word, however many marks they have.
        assertThat(client.emails(PEOPLE + "?search=ll%CC%81")).isEmpty();
    }

    @Test
    void aPageOfLargePeopleIsWholeAndEachIsBounded() {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 240; i++) {
            client.define("PERSON", "p" + i, "TEXT");
            properties
                    .append(i == 0 ? "" : ",")
                    .append("\"p")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(4000))
                    .append('"');
        }
        for (int i = 0; i < 7; i++) {
            client.person("{\"emailAddress\":\"a" + i + "@b.example\",\"properties\":{" + properties + "}}");
        }
        JsonNode page = client.get(PEOPLE + "?limit=3&page=2");
        assertThat(page.path("people").findValuesAsText("emailAddress"))
                .containsExactly("a3@b.example", "a4@b.example", "a5@b.example");
        assertThat(page.path("people").get(2).path("properties")).hasSize(240);
        assertThat(page.path("pageData").toString())
                .isEqualTo("{\"page\":2,\"limit\":3,\"total\":7,\"isNextPageAvailable\":true}");
        assertThat(client.get(PEOPLE + "?limit=3&page=4").path("people")).isEmpty();
        assertThat(client.send("GET", PEOPLE + "/export", null).body().lines()).hasSize(7);
        for (int i = 240; i < 300; i++) {
            client.define("PERSON", "p" + i, "TEXT");
        }
        assertThat(client.send("POST", PEOPLE, "{\"emailAddress\":\"a0@b.example\",\"properties\":{\"p299\":\"y\"}}")
                        .statusCode())
                .isEqualTo(200);
        String added = IntStream.range(240, 299)
                .mapToObj(i -> "\"p" + i + "\":\"" + "y".repeat(4000) + "\"")
                .collect(Collectors.joining(","));
        assertThat(issues(client.send(
                        "POST", PEOPLE, "{\"emailAddress\":\"a0@b.example\",\"properties\":{" + added + "}}")))
                .containsExactly("properties");
    }

    @Test
    void aPropertyThatIsClearedAtCreationIsNotShown() {
        client.define("PERSON", "age", "NUMBER");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":null}}");
        assertThat(client.personById(id).path("properties")).isEmpty();
    }

    @Test
    void aValueThatDoesNotFitIsNamedAndNothingIsWritten() {
        client.define("PERSON", "age", "NUMBER");
        client.define("PERSON", "vip", "BOOLEAN");
        client.define("PERSON", "since", "DATE");
        HttpResponse<String> response = client.send(
                "POST",
                PEOPLE,
                "{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":\"old\",\"vip\":1,\"since\":\"15.1.2026\"}}");
        assertThat(issues(response)).containsExactlyInAnyOrder("properties.age", "properties.vip", "properties.since");
        assertThat(issues(
                        client.send("POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":{}}}")))
                .containsExactly("properties.age");
        assertThat(client.total(PEOPLE)).isZero();
    }

    @Test
    void anUnknownPropertyOrListIsNamedAndNothingIsWritten() {
        client.define("COMPANY", "age", "NUMBER");
        client.list("known");
        HttpResponse<String> property = client.send(
                "POST",
                PEOPLE,
                "{\"emailAddress\":\"a@b.example\",\"lists\":[\"known\"],\"properties\":{\"age\":1,\"x\":null}}");
        assertThat(property.statusCode()).isEqualTo(400);
        assertThat(json(property).path("code").asText()).isEqualTo("UNKNOWN_PROPERTY");
        assertThat(texts(json(property).path("properties"))).containsExactlyInAnyOrder("age", "x");
        HttpResponse<String> list = client.send(
                "POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"lists\":[\"known\",\"none\",\"NO!\"]}");
        assertThat(list.statusCode()).isEqualTo(400);
        assertThat(json(list).path("code").asText()).isEqualTo("UNKNOWN_LIST");
        assertThat(texts(json(list).path("lists"))).containsExactlyInAnyOrder("none", "NO!");
        assertThat(client.total(PEOPLE)).isZero();
        assertThat(client.total(AudienceClient.LISTS + "/known/people")).isZero();
    }

    @Test
    void listsAreAddedToAndNeverRemovedFrom() {
        client.list("one");
        client.list("two");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"one\",\"one\"]}");
        client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"two\"]}");
        client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[]}");
        client.person("{\"emailAddress\":\"a@b.example\",\"lists\":null}");
        assertThat(texts(client.personById(id).path("lists"))).containsExactly("one", "two");
    }

    @Test
    void upsertsAtTheSameTimeMakeOnePerson() {
        client.list("crowd");
        for (int round = 0; round < 5; round++) {
            String body = "{\"emailAddress\":\"same" + round + "@b.example\",\"lists\":[\"crowd\"]}";
            Set<String> ids = new HashSet<>(atOnce(8, () -> client.person(body)));
            assertThat(ids).hasSize(1);
        }
        assertThat(client.total(PEOPLE)).isEqualTo(5);
        assertThat(client.total(AudienceClient.LISTS + "/crowd/people")).isEqualTo(5);
    }

    @Test
    void earlierEventsOfTheDeviceAndTheSessionGetThePersonAndNoOthers() {
        track("{\"eventType\":\"a\",\"deviceId\":\"d1\"}");
        track("{\"eventType\":\"b\",\"sessionId\":\"s1\"}");
        track("{\"eventType\":\"c\",\"deviceId\":\"d2\"}");
        AudienceClient other = new AudienceClient(server, keys);
        other.post("/analytics", "{\"eventType\":\"a\",\"deviceId\":\"d1\"}");
        String first = client.person("{\"emailAddress\":\"a@b.example\",\"deviceId\":\"d1\",\"sessionId\":\"s1\"}");
        Eventually.eventually(
                LONG, () -> assertThat(events("personId=" + first)).containsExactlyInAnyOrder("a", "b"));
        client.person("{\"emailAddress\":\"other@b.example\",\"deviceId\":\"d1\"}");
        Eventually.eventually(LONG, () -> assertThat(pendingLinks()).isZero());
        assertThat(events("personId=" + first)).containsExactlyInAnyOrder("a", "b");
        assertThat(client.get("/analytics/events?deviceId=d2")
                        .path("events")
                        .get(0)
                        .path("personId")
                        .isNull())
                .isTrue();
        assertThat(other.get("/analytics/events?deviceId=d1")
                        .path("events")
                        .get(0)
                        .path("personId")
                        .isNull())
                .isTrue();
    }

    @Test
    void moreEventsThanOneStepTakesAreAllLinkedAndUnlinked() {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO event (id, business_id, event_type, occurred_at, received_at, device_id, key_id, context,
                    properties)
                SELECT 'evt_' || n, '%s', 'many', now() - n * interval '1 minute', now(), 'dm', 'k', '{}', '{}'
                FROM generate_series(1, 2500) AS n""".formatted(client.business));
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"deviceId\":\"dm\"}");
        String path = "/analytics/events?limit=1&personId=" + id;
        Eventually.eventually(LONG, () -> assertThat(client.total(path)).isEqualTo(2500));
        client.delete(PEOPLE + "/" + id);
        Eventually.eventually(LONG, () -> assertThat(client.total(path)).isZero());
        assertThat(client.total("/analytics/events?deviceId=dm&limit=1")).isEqualTo(2500);
    }

    @Test
    void anEventThatWasBeingStoredDuringTheErasureLosesThePersonLater() {
        String id = client.person("{\"emailAddress\":\"a@b.example\"}");
        client.delete(PEOPLE + "/" + id);
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO event (id, business_id, event_type, occurred_at, received_at, person_id, key_id, context,
                    properties)
                VALUES ('evt_late', '%s', 'late', now(), now(), '%s', 'k', '{}', '{}')""".formatted(client.business, id));
        TestPostgres.execute(server.databaseUrl(), "UPDATE event_link SET due_at = now()");
        Eventually.eventually(LONG, () -> assertThat(events("personId=" + id)).isEmpty());
        assertThat(events("")).containsExactly("late");
    }

    @Test
    void anEventMayNameThePersonOnlyUntilItIsErased() {
        client.list("one");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"one\"]}");
        track("{\"eventType\":\"a\",\"personId\":\"" + id + "\"}");
        assertThat(events("personId=" + id)).containsExactly("a");
        assertThat(client.delete(PEOPLE + "/" + id).toString()).isEqualTo("{\"success\":true}");
        notFound(client.send("GET", PEOPLE + "/" + id, null));
        notFound(client.send("DELETE", PEOPLE + "/" + id, null));
        assertThat(events("personId=" + id)).isEmpty();
        track("{\"eventType\":\"b\",\"personId\":\"" + id + "\"}");
        assertThat(events("personId=" + id)).isEmpty();
        assertThat(events("")).containsExactlyInAnyOrder("a", "b");
        assertThat(client.total(AudienceClient.LISTS + "/one/people")).isZero();
        assertThat(client.person("{\"emailAddress\":\"a@b.example\"}")).isNotEqualTo(id);
    }

    @Test
    void anotherBusinessNeitherSeesNorChangesAPerson() {
        client.define("PERSON", "age", "NUMBER");
        client.list("one");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"one\"]}");
        AudienceClient other = new AudienceClient(server, keys);
        notFound(other.send("GET", PEOPLE + "/" + id, null));
        notFound(other.send("DELETE", PEOPLE + "/" + id, null));
        assertThat(other.total(PEOPLE)).isZero();
        assertThat(other.total(PEOPLE + "?list=one")).isZero();
        assertThat(other.person("{\"emailAddress\":\"a@b.example\"}")).isNotEqualTo(id);
        assertThat(other.send("POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"properties\":{\"age\":1}}")
                        .body())
                .contains("UNKNOWN_PROPERTY");
        assertThat(other.send("POST", PEOPLE, "{\"emailAddress\":\"a@b.example\",\"lists\":[\"one\"]}")
                        .body())
                .contains("UNKNOWN_LIST");
        assertThat(client.total(PEOPLE)).isEqualTo(1);
    }

    @Test
    void pagesStayAsTheyWereWhilePeopleAreAdded() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(client.person("{\"emailAddress\":\"p" + i + "@b.example\"}"));
        }
        ids.sort(null);
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            JsonNode found = client.get(PEOPLE + "?limit=10&page=" + page);
            assertThat(members(found)).containsExactly("people", "pageData");
            read.addAll(found.path("people").findValuesAsText("id"));
            client.person("{\"emailAddress\":\"a" + page + "@b.example\"}");
        }
        assertThat(read.subList(0, 25)).containsExactlyElementsOf(ids);
        assertThat(read).doesNotHaveDuplicates();
        assertThat(client.get(PEOPLE + "?limit=10&page=9").toString())
                .isEqualTo("{\"people\":[],\"pageData\":"
                        + "{\"page\":9,\"limit\":10,\"total\":28,\"isNextPageAvailable\":false}}");
    }

    @Test
    void filtersAndSearchFindOnlyWhatMatches() {
        client.list("one");
        String company = client.company("{\"domain\":\"analytical.example\"}");
        client.person("{\"emailAddress\":\"ada@analytical.example\",\"firstName\":\"Ada\",\"lastName\":\"Lovelace\","
                + "\"emailSubscriptionStatus\":\"SUBSCRIBED\",\"lists\":[\"one\"]}");
        client.person("{\"emailAddress\":\"grace@navy.example\",\"firstName\":\"Grace\",\"lastName\":\"100%_\\\\x\"}");
        assertThat(client.emails(PEOPLE + "?search=LOVEL")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=ada%20love")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=lytical.ex")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=lo")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=ac")).isEmpty();
        assertThat(client.emails(PEOPLE + "?search=0%25_")).containsExactly("grace@navy.example");
        assertThat(client.emails(PEOPLE + "?search=a_a")).isEmpty();
        assertThat(client.emails(PEOPLE + "?search=%25_%5Cx")).containsExactly("grace@navy.example");
        assertThat(client.emails(PEOPLE + "?status=SUBSCRIBED")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?list=one")).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?list=none")).isEmpty();
        assertThat(client.emails(PEOPLE + "?company=" + company)).containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=ada&status=SUBSCRIBED&list=one&company=" + company))
                .containsExactly("ada@analytical.example");
        assertThat(client.emails(PEOPLE + "?search=grace&list=one")).isEmpty();
        assertThat(issues(client.send("GET", PEOPLE + "?status=x", null))).containsExactly("status");
        assertThat(issues(client.send("GET", PEOPLE + "?page=0", null))).containsExactly("page");
        assertThat(issues(client.send("GET", PEOPLE + "?search=" + "x".repeat(201), null)))
                .containsExactly("search");
    }

    private static long pendingLinks() {
        return (long) TestPostgres.query(server.databaseUrl(), "SELECT count(*) FROM event_link WHERE kind <> 'ERASED'")
                .get(0)
                .get(0);
    }

    private void track(String event) {
        client.post("/analytics", event);
    }

    private List<String> events(String query) {
        return client.get("/analytics/events?" + query).path("events").findValuesAsText("eventType");
    }

    private String status(String id) {
        return client.personById(id).path("emailSubscriptionStatus").asText();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    static <T> List<T> atOnce(int times, java.util.function.Supplier<T> what) {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<CompletableFuture<T>> running = IntStream.range(0, times)
                    .mapToObj(i -> CompletableFuture.supplyAsync(what, threads))
                    .toList();
            return running.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdown();
        }
    }
}
