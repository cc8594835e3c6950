package com.quotient.audience;

import static com.quotient.audience.AudienceClient.COMPANIES;
import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.issues;
import static com.quotient.audience.AudienceClient.members;
import static com.quotient.audience.AudienceClient.notFound;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompaniesTest {
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
    void aCompanyIsShownAsItWasSent() {
        client.define("COMPANY", "tier", "NUMBER");
        HttpResponse<String> answer = client.postPublic(
                COMPANIES,
                "{\"domain\":\"acme.example\",\"name\":\"Acme\",\"description\":\"Anvils\",\"industries\":[\"Mining\",\"Toys\"],"
                        + "\"revenue\":12345.25,\"revenueCurrency\":\"eur\",\"totalEmployees\":42,\"address1\":\"1 Road\","
                        + "\"address2\":\"\",\"city\":\"Ulm\",\"regionCode\":\"BW\",\"country\":\"DE\",\"zip\":\"89073\","
                        + "\"socialLinkLinkedIn\":\"https://linkedin.example/acme\",\"properties\":{\"tier\":\"2\"},\"id\":\"x\"}");
        assertThat(members(AudienceClient.ok(answer))).containsExactly("companyId");
        String id = json(answer).path("companyId").asText();
        assertThat(id).startsWith("com_");
        JsonNode company = client.companyById(id);
        assertThat(company.toString())
                .startsWith("{\"id\":\"" + id
                        + "\",\"domain\":\"acme.example\",\"name\":\"Acme\",\"description\":\"Anvils\","
                        + "\"industries\":[\"Mining\",\"Toys\"],\"revenue\":12345.25,\"revenueCurrency\":\"EUR\","
                        + "\"totalEmployees\":42,\"address1\":\"1 Road\",\"address2\":\"\",\"city\":\"Ulm\",\"regionCode\":\"BW\","
                        + "\"country\":\"DE\",\"zip\":\"89073\",\"socialLinkLinkedIn\":\"https://linkedin.example/acme\","
                        + "\"properties\":{\"tier\":2},\"createdAt\":\"");
        assertThat(company.path("updatedAt").asText()).matches("\\d{4}-.*\\.\\d{3}Z");
    }

    @Test
    void absentMembersStayAndNullClears() {
        client.define("COMPANY", "tier", "NUMBER");
        client.define("COMPANY", "plan", "TEXT");
        String id = client.company("{\"domain\":\"a.example\",\"name\":\"A\",\"city\":\"Ulm\",\"industries\":[\"x\"],"
                + "\"revenue\":5,\"totalEmployees\":0,\"properties\":{\"tier\":1,\"plan\":\"p\"}}");
        client.company("{\"domain\":\"a.example\",\"city\":null,\"industries\":null,\"revenue\":null,"
                + "\"properties\":{\"tier\":null}}");
        JsonNode company = client.companyById(id);
        assertThat(company.path("name").asText()).isEqualTo("A");
        assertThat(company.path("city").isNull()).isTrue();
        assertThat(company.path("industries").toString()).isEqualTo("[]");
        assertThat(company.path("revenue").isNull()).isTrue();
        assertThat(company.path("totalEmployees").toString()).isEqualTo("0");
        assertThat(company.path("properties").toString()).isEqualTo("{\"plan\":\"p\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "Example.COM, example.com",
        "' https://www.example.com/about?x#y ', example.com",
        "www.example.com, example.com",
        "http://example.com:8080, example.com",
        "example.com., example.com",
        "www.com, www.com",
        "shop.example.com/, shop.example.com",
        "Bücher.example, xn--bcher-kva.example",
    })
    void aDomainIsOneCompanyHoweverItIsWritten(String written, String stored) {
        String id = client.company("{\"domain\":\"" + written + "\"}");
        assertThat(client.companyById(id).path("domain").asText()).isEqualTo(stored);
        assertThat(client.company("{\"domain\":\"" + stored + "\"}")).isEqualTo(id);
        assertThat(client.total(COMPANIES)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "https://", "localhost", "a b.example", "a..example", "10.0.0.1", "[::1]", "@", "-"})
    void textThatIsNoDomainIsRefused(String domain) {
        assertThat(issues(client.send("POST", COMPANIES, "{\"domain\":\"" + domain + "\"}")))
                .containsExactly("domain");
    }

    @Test
    void everyFaultOfABodyIsNamed() {
        assertThat(issues(client.send(
                        "POST",
                        COMPANIES,
                        "{\"domain\":5,\"name\":1,\"description\":[],\"industries\":[1],\"revenue\":-1,"
                                + "\"revenueCurrency\":\"XYZ1\",\"totalEmployees\":1.5,\"zip\":\"" + "9".repeat(51)
                                + "\",\"properties\":1}")))
                .containsExactlyInAnyOrder(
                        "domain",
                        "name",
                        "description",
                        "industries[0]",
                        "revenue",
                        "revenueCurrency",
                        "totalEmployees",
                        "zip",
                        "properties");
        assertThat(issues(client.send("POST", COMPANIES, "{\"domain\":\"a.example\",\"totalEmployees\":-1}")))
                .containsExactly("totalEmployees");
        assertThat(client.total(COMPANIES)).isZero();
    }

    @Test
    void anUnknownPropertyOrOneThatDoesNotFitIsNamedAndNothingIsWritten() {
        client.define("PERSON", "tier", "NUMBER");
        HttpResponse<String> unknown =
                client.send("POST", COMPANIES, "{\"domain\":\"a.example\",\"properties\":{\"tier\":1}}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).path("code").asText()).isEqualTo("UNKNOWN_PROPERTY");
        assertThat(json(unknown).path("properties").toString()).isEqualTo("[\"tier\"]");
        client.define("COMPANY", "tier", "NUMBER");
        assertThat(issues(client.send(
                        "POST", COMPANIES, "{\"domain\":\"a.example\",\"properties\":{\"tier\":\"high\"}}")))
                .containsExactly("properties.tier");
        assertThat(client.total(COMPANIES)).isZero();
    }

    @Test
    void upsertsAtTheSameTimeMakeOneCompany() {
        for (int round = 0; round < 5; round++) {
            String body = "{\"domain\":\"same" + round + ".example\",\"name\":\"x\"}";
            assertThat(new HashSet<>(PeopleTest.atOnce(8, () -> client.company(body))))
                    .hasSize(1);
        }
        assertThat(client.total(COMPANIES)).isEqualTo(5);
    }

    @Test
    void peopleBelongToTheCompanyOfTheirDomainWhicheverCameFirst() {
        String early = client.person("{\"emailAddress\":\"a@WWW.acme.example\"}");
        assertThat(client.personById(early).path("companyId").isNull()).isTrue();
        String company = client.company("{\"domain\":\"https://www.acme.example\"}");
        String late = client.person("{\"emailAddress\":\"b@acme.example\"}");
        client.person("{\"emailAddress\":\"c@sub.acme.example\"}");
        assertThat(client.personById(early).path("companyId").asText()).isEqualTo(company);
        assertThat(client.personById(late).path("companyId").asText()).isEqualTo(company);
        assertThat(client.emails(PEOPLE + "?company=" + company))
                .containsExactly("a@WWW.acme.example", "b@acme.example");
        assertThat(client.delete(COMPANIES + "/" + company).toString()).isEqualTo("{\"success\":true}");
        assertThat(client.personById(early).path("companyId").isNull()).isTrue();
        notFound(client.send("GET", COMPANIES + "/" + company, null));
        notFound(client.send("DELETE", COMPANIES + "/" + company, null));
    }

    @Test
    void anotherBusinessNeitherSeesNorChangesACompany() {
        String id = client.company("{\"domain\":\"a.example\",\"name\":\"A\"}");
        AudienceClient other = new AudienceClient(server, keys);
        notFound(other.send("GET", COMPANIES + "/" + id, null));
        notFound(other.send("DELETE", COMPANIES + "/" + id, null));
        assertThat(other.company("{\"domain\":\"a.example\"}")).isNotEqualTo(id);
        String person = other.person("{\"emailAddress\":\"x@b.example\"}");
        client.company("{\"domain\":\"b.example\"}");
        assertThat(other.personById(person).path("companyId").isNull()).isTrue();
        assertThat(other.emails(PEOPLE + "?company=" + id)).isEmpty();
        assertThat(client.companyById(id).path("name").asText()).isEqualTo("A");
    }

    @Test
    void pagesStayAsTheyWereWhileCompaniesAreAdded() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ids.add(client.company("{\"domain\":\"p" + i + ".example\"}"));
        }
        ids.sort(null);
        List<String> read = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            JsonNode found = client.get(COMPANIES + "?limit=5&page=" + page);
            assertThat(members(found)).containsExactly("companies", "pageData");
            read.addAll(found.path("companies").findValuesAsText("id"));
            client.company("{\"domain\":\"new" + page + ".example\"}");
        }
        assertThat(read.subList(0, 12)).containsExactlyElementsOf(ids);
        assertThat(read).doesNotHaveDuplicates();
        assertThat(client.get(COMPANIES + "?limit=5&page=9").toString())
                .isEqualTo("{\"companies\":[],\"pageData\":"
                        + "{\"page\":9,\"limit\":5,\"total\":15,\"isNextPageAvailable\":false}}");
    }

    @Test
    void searchLooksIntoNamesAndDomains() {
        client.company("{\"domain\":\"analytical.example\",\"name\":\"Engines Ltd\"}");
        client.company("{\"domain\":\"navy.example\"}");
        assertThat(domains("?search=ENGINES")).containsExactly("analytical.example");
        assertThat(domains("?search=navy.ex")).containsExactly("navy.example");
        assertThat(domains("?search=en")).containsExactly("analytical.example");
        assertThat(domains("?search=%25")).isEmpty();
        assertThat(domains("")).containsExactly("analytical.example", "navy.example");
        assertThat(issues(client.send("GET", COMPANIES + "?limit=x", null))).containsExactly("limit");
    }

    private List<String> domains(String query) {
        return client.get(COMPANIES + query).path("companies").findValuesAsText("domain");
    }
}
