package com.quotient.audience;

import static com.quotient.audience.AudienceClient.LISTS;
import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.issues;
import static com.quotient.audience.AudienceClient.members;
import static com.quotient.audience.AudienceClient.notFound;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListsTest {
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
    void aListIsKnownByItsSlug() {
        JsonNode made = client.post(LISTS, "{\"slug\":\"vip\",\"name\":\"VIP\",\"description\":\"The few\"}");
        assertThat(members(made)).containsExactly("listId", "slug", "name");
        assertThat(made.path("listId").asText()).startsWith("lst_");
        JsonNode again = client.post(LISTS, "{\"slug\":\"vip\"}");
        assertThat(again).isEqualTo(made);
        JsonNode shown = client.get(LISTS + "/vip");
        assertThat(members(shown)).containsExactly("list");
        JsonNode list = shown.path("list");
        assertThat(members(list))
                .containsExactly("id", "slug", "name", "description", "peopleCount", "createdAt", "updatedAt");
        assertThat(list.path("id")).isEqualTo(made.path("listId"));
        assertThat(list.path("description").asText()).isEqualTo("The few");
        assertThat(list.path("peopleCount").toString()).isEqualTo("0");
        assertThat(list.path("createdAt").asText()).matches("\\d{4}-.*\\.\\d{3}Z");
        assertThat(client.post(LISTS, "{\"slug\":\"vip\",\"name\":\"New\",\"description\":null}")
                        .path("name")
                        .asText())
                .isEqualTo("New");
        assertThat(client.get(LISTS + "/vip").path("list").path("description").isNull())
                .isTrue();
        assertThat(client.post(LISTS, "{\"slug\":\"plain\"}").path("name").asText())
                .isEqualTo("plain");
    }

    @ParameterizedTest
    @CsvSource({
        "Monthly Newsletter, monthly-newsletter",
        "' -- Ärzte & Söhne! 2026 -- ', arzte-sohne-2026",
        "Straße, strasse",
        "ﬁve, five",
    })
    void aSlugIsMadeFromTheName(String name, String slug) {
        assertThat(client.post(LISTS, "{\"name\":\"" + name + "\"}")
                        .path("slug")
                        .asText())
                .isEqualTo(slug);
        assertThat(client.post(LISTS, "{\"slug\":null,\"name\":\"" + name + "\"}")
                        .path("name")
                        .asText())
                .isEqualTo(name);
        assertThat(client.total(LISTS)).isEqualTo(1);
    }

    @Test
    void aSlugThatIsMadeIsCutToItsLimit() {
        String slug = client.post(LISTS, "{\"name\":\"" + "abcd ".repeat(30) + "\"}")
                .path("slug")
                .asText();
        assertThat(slug).hasSizeBetween(90, 100).startsWith("abcd-abcd").doesNotEndWith("-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "A", "a--b", "-a", "a-", "a b", "a_b", "ä", "a/b"})
    void textThatIsNoSlugIsRefused(String slug) {
        assertThat(issues(client.send("POST", LISTS, "{\"slug\":\"" + slug + "\",\"name\":\"x\"}")))
                .containsExactly("slug");
    }

    @Test
    void everyFaultOfABodyIsNamed() {
        assertThat(issues(client.send("POST", LISTS, "{}"))).containsExactly("slug");
        assertThat(issues(client.send("POST", LISTS, "{\"slug\":null,\"name\":null}")))
                .containsExactly("slug");
        assertThat(issues(client.send("POST", LISTS, "{\"name\":\"!!!\"}"))).containsExactly("slug");
        assertThat(issues(client.send("POST", LISTS, "{\"slug\":\"a\",\"name\":\" \",\"description\":1}")))
                .containsExactlyInAnyOrder("name", "description");
        assertThat(issues(client.send("POST", LISTS, "{\"slug\":\"" + "a".repeat(101) + "\"}")))
                .contains("slug");
        assertThat(issues(client.send("POST", LISTS, "{\"slug\":5,\"name\":\"x\"}")))
                .containsExactly("slug");
        assertThat(client.total(LISTS)).isZero();
    }

    @Test
    void pagesStayAsTheyWereWhileListsAreAdded() {
        for (int i = 0; i < 12; i++) {
            client.list("p" + i);
        }
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            JsonNode found = client.get(LISTS + "?limit=5&page=" + page);
            assertThat(members(found)).containsExactly("lists", "pageData");
            read.addAll(found.path("lists").findValuesAsText("slug"));
            client.list("a" + page);
        }
        assertThat(read).doesNotHaveDuplicates().hasSize(14);
        assertThat(read.subList(0, 12))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 12).mapToObj(i -> "p" + i).toList());
    }

    @Test
    void searchLooksIntoNamesAndSlugs() {
        client.post(LISTS, "{\"slug\":\"news\",\"name\":\"Monthly Letter\"}");
        client.list("other");
        assertThat(slugs("?search=LETTER")).containsExactly("news");
        assertThat(slugs("?search=ew")).isEmpty();
        assertThat(slugs("?search=ne")).containsExactly("news");
        assertThat(slugs("?search=oth")).containsExactly("other");
        assertThat(issues(client.send("GET", LISTS + "?page=x", null))).containsExactly("page");
    }

    @Test
    void peopleAreAddedByIdAndByAddressAndCountedOnce() {
        client.list("l");
        String known = client.person("{\"emailAddress\":\"known@b.example\",\"firstName\":\"Kim\","
                + "\"emailSubscriptionStatus\":\"SUBSCRIBED\"}");
        String byId = client.person("{\"emailAddress\":\"id@b.example\"}");
        String body = "{\"people\":[{\"personId\":\"" + byId + "\"},{\"personId\":\"per_none\"},"
                + "{\"emailAddress\":\" KNOWN@b.example \",\"firstName\":\"Other\"},{\"personId\":\"" + known + "\"},"
                + "{\"emailAddress\":\"new@b.example\",\"firstName\":\"New\",\"lastName\":\"One\"},"
                + "{\"personId\":null,\"emailAddress\":\"new@b.example\",\"firstName\":\"Second\"}]}";
        JsonNode added = client.post(LISTS + "/l/people", body);
        assertThat(members(added)).containsExactly("added", "listSlug", "listId");
        assertThat(added.path("added").asInt()).isEqualTo(3);
        assertThat(added.path("listSlug").asText()).isEqualTo("l");
        assertThat(added.path("listId"))
                .isEqualTo(client.get(LISTS + "/l").path("list").path("id"));
        assertThat(client.post(LISTS + "/l/people", body).path("added").asInt()).isZero();
        assertThat(client.get(LISTS + "/l").path("list").path("peopleCount").asInt())
                .isEqualTo(3);
        JsonNode page = client.get(LISTS + "/l/people");
        assertThat(members(page)).containsExactly("people", "pageData");
        assertThat(members(page.path("people").get(0)))
                .containsExactly("personId", "emailAddress", "firstName", "lastName");
        assertThat(page.path("people").findValuesAsText("emailAddress"))
                .containsExactlyInAnyOrder("known@b.example", "id@b.example", "new@b.example");
        assertThat(client.personById(known).path("firstName").asText()).isEqualTo("Kim");
        JsonNode made = client.get(PEOPLE + "?search=new@b").path("people").get(0);
        assertThat(made.path("firstName").asText()).isEqualTo("New");
        assertThat(made.path("lastName").asText()).isEqualTo("One");
        assertThat(made.path("emailSubscriptionStatus").asText()).isEqualTo("NOT_SUBSCRIBED");
    }

    @Test
    void aPublicKeyMayAddAndRemove() {
        client.list("l");
        String body = "{\"people\":[{\"emailAddress\":\"a@b.example\"}]}";
        assertThat(AudienceClient.ok(client.postPublic(LISTS + "/l/people", body))
                        .path("added")
                        .asInt())
                .isEqualTo(1);
        assertThat(AudienceClient.ok(server.send("DELETE", "/api/v0" + LISTS + "/l/people", client.publicKey, body))
                        .path("removed")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aDeleteReadsItsBodyAndSkipsWhoIsNotOnTheList() {
        client.list("l");
        client.list("other");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"l\",\"other\"]}");
        client.person("{\"emailAddress\":\"b@b.example\",\"lists\":[\"l\"]}");
        client.person("{\"emailAddress\":\"c@b.example\",\"lists\":[\"l\"]}");
        client.person("{\"emailAddress\":\"out@b.example\"}");
        JsonNode removed = AudienceClient.ok(client.send(
                "DELETE",
                LISTS + "/l/people",
                "{\"people\":[{\"personId\":\"" + id
                        + "\"},{\"emailAddress\":\"B@b.example\"},{\"emailAddress\":\"out@b.example\"},"
                        + "{\"emailAddress\":\"nobody@b.example\"},{\"personId\":\"per_none\"}]}"));
        assertThat(members(removed)).containsExactly("removed", "listSlug", "listId");
        assertThat(removed.path("removed").asInt()).isEqualTo(2);
        assertThat(client.emails(LISTS + "/l/people")).containsExactly("c@b.example");
        assertThat(client.emails(LISTS + "/other/people")).containsExactly("a@b.example");
        assertThat(client.total(PEOPLE)).isEqualTo(4);
        assertThat(client.post(LISTS + "/l/people/remove", "{\"people\":[{\"emailAddress\":\"c@b.example\"}]}")
                        .path("removed")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void everyFaultOfAnEntryIsNamed() {
        client.list("l");
        for (String method : List.of("POST", "DELETE")) {
            String path = LISTS + "/l/people";
            assertThat(issues(client.send(method, path, "{}"))).containsExactly("people");
            assertThat(issues(client.send(method, path, "{\"people\":[]}"))).containsExactly("people");
            assertThat(issues(client.send(
                            method,
                            path,
                            "{\"people\":[{},5,{\"personId\":5},{\"emailAddress\":\"x\"},"
                                    + "{\"emailAddress\":\"a@b.example\",\"firstName\":1}]}")))
                    .containsExactlyInAnyOrder(
                            "people[0].emailAddress",
                            "people[1]",
                            "people[2].personId",
                            "people[3].emailAddress",
                            "people[4].firstName");
            assertThat(issues(client.send(method, path, people(1001)))).containsExactly("people");
            assertThat(client.send(method, path, null).statusCode()).isEqualTo(400);
        }
        assertThat(client.total(PEOPLE)).isZero();
    }

    @Test
    void aThousandPeopleGoOnAListAtOnce() {
        client.list("l");
        assertThat(client.post(LISTS + "/l/people", people(1000)).path("added").asInt())
                .isEqualTo(1000);
        assertThat(AudienceClient.ok(client.send("DELETE", LISTS + "/l/people", people(1000)))
                        .path("removed")
                        .asInt())
                .isEqualTo(1000);
    }

    @Test
    void additionsAtTheSameTimeCountEachMembershipOnce() {
        client.list("l");
        for (int round = 0; round < 5; round++) {
            int from = round * 20;
            String body = "{\"people\":["
                    + IntStream.range(from, from + 20)
                            .mapToObj(i -> "{\"emailAddress\":\"p" + i + "@b.example\"}")
                            .collect(Collectors.joining(","))
                    + "]}";
            assertThat(PeopleTest.atOnce(8, () -> client.post(LISTS + "/l/people", body)
                                    .path("added")
                                    .asInt())
                            .stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isEqualTo(20);
        }
        assertThat(client.total(PEOPLE)).isEqualTo(100);
        assertThat(client.total(LISTS + "/l/people")).isEqualTo(100);
    }

    @Test
    void upsertsAtTheSameTimeMakeOneList() {
        assertThat(new HashSet<>(PeopleTest.atOnce(8, () -> client.post(LISTS, "{\"slug\":\"same\"}")
                        .path("listId")
                        .asText())))
                .hasSize(1);
    }

    @Test
    void pagesOfAListStayAsTheyWereWhileOldAndNewPeopleAreAdded() {
        client.list("l");
        String early = client.person("{\"emailAddress\":\"early@b.example\"}");
        for (int i = 0; i < 12; i++) {
            client.person("{\"emailAddress\":\"p" + i + "@b.example\",\"lists\":[\"l\"]}");
        }
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            read.addAll(client.emails(LISTS + "/l/people?limit=5&page=" + page));
            client.post(LISTS + "/l/people", "{\"people\":[{\"personId\":\"" + early + "\"}]}");
            client.person("{\"emailAddress\":\"new" + page + "@b.example\",\"lists\":[\"l\"]}");
        }
        assertThat(read.subList(0, 12))
                .containsExactlyElementsOf(IntStream.range(0, 12)
                        .mapToObj(i -> "p" + i + "@b.example")
                        .toList());
        assertThat(read).doesNotHaveDuplicates();
        assertThat(client.get(LISTS + "/l/people?limit=5&page=9").toString())
                .isEqualTo("{\"people\":[],\"pageData\":"
                        + "{\"page\":9,\"limit\":5,\"total\":16,\"isNextPageAvailable\":false}}");
    }

    @Test
    void searchOnAListFindsOnlyItsOwn() {
        client.list("l");
        client.person("{\"emailAddress\":\"ada@b.example\",\"firstName\":\"Ada\",\"lists\":[\"l\"]}");
        client.person("{\"emailAddress\":\"adam@b.example\"}");
        assertThat(client.emails(LISTS + "/l/people?search=ADA")).containsExactly("ada@b.example");
        assertThat(client.total(LISTS + "/l/people?search=ADA")).isEqualTo(1);
        assertThat(client.emails(LISTS + "/l/people?search=grace")).isEmpty();
        assertThat(issues(client.send("GET", LISTS + "/l/people?limit=0", null)))
                .containsExactly("limit");
    }

    @Test
    void peopleStayWhenTheirListIsDeleted() {
        client.list("l");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"l\"]}");
        assertThat(client.delete(LISTS + "/l").toString()).isEqualTo("{\"success\":true}");
        assertThat(client.personById(id).path("lists")).isEmpty();
        client.list("l");
        assertThat(client.total(LISTS + "/l/people")).isZero();
    }

    @Test
    void absentRecordsAndThoseOfOtherBusinessesAreNotFound() {
        client.list("l");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"l\"]}");
        AudienceClient other = new AudienceClient(server, keys);
        String body = "{\"people\":[{\"personId\":\"" + id + "\"},{\"emailAddress\":\"new@b.example\"}]}";
        for (String slug : List.of("l", "none", "No%20Slug")) {
            String path = LISTS + "/" + slug;
            notFound(other.send("GET", path, null));
            notFound(other.send("DELETE", path, null));
            notFound(other.send("GET", path + "/people", null));
            notFound(other.send("POST", path + "/people", body));
            notFound(other.send("DELETE", path + "/people", body));
            notFound(other.send("POST", path + "/people/remove", body));
        }
        assertThat(other.total(LISTS)).isZero();
        assertThat(other.total(PEOPLE)).isZero();
        other.list("mine");
        assertThat(other.post(LISTS + "/mine/people", body).path("added").asInt())
                .as("another business's person is skipped, the address becomes a person here")
                .isEqualTo(1);
        assertThat(other.emails(PEOPLE)).containsExactly("new@b.example");
        assertThat(client.emails(LISTS + "/l/people")).containsExactly("a@b.example");
    }

    private List<String> slugs(String query) {
        return client.get(LISTS + query).path("lists").findValuesAsText("slug");
    }

    private static String people(int count) {
        return "{\"people\":["
                + IntStream.range(0, count)
                        .mapToObj(i -> "{\"emailAddress\":\"p" + i + "@b.example\"}")
                        .collect(Collectors.joining(","))
                + "]}";
    }
}
