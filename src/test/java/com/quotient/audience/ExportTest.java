package com.quotient.audience;

import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.issues;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.testing.Eventually;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ExportTest {
    private static final String EXPORT = PEOPLE + "/export";

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
    void everyPersonIsALineInTheFormOfTheReads() throws Exception {
        generate(1234);
        HttpResponse<String> answer = client.send("GET", EXPORT, null);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(1234).doesNotHaveDuplicates();
        assertThat(new ObjectMapper().readTree(lines.get(700)))
                .isEqualTo(
                        client.get(PEOPLE + "?limit=100&page=8").path("people").get(0));
    }

    @Test
    void aTableHasAColumnForEveryProperty() {
        client.define("PERSON", "age", "NUMBER");
        client.define("PERSON", "note", "TEXT");
        client.define("COMPANY", "tier", "TEXT");
        String id = client.person("{\"emailAddress\":\"a@b.example\",\"firstName\":\"=cmd()\","
                + "\"properties\":{\"age\":-5,\"note\":\"x\\\"y\"}}");
        HttpResponse<String> answer = client.send("GET", EXPORT + "?format=csv", null);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(answer.body().replaceAll("\\d{4}-[^,]*Z", "<time>"))
                .isEqualTo(
                        "id,emailAddress,emailSubscriptionStatus,firstName,lastName,jobTitle,leadScore,companyId,lists,"
                                + "createdAt,updatedAt,properties.age,properties.note\r\n"
                                + id + ",a@b.example,NOT_SUBSCRIBED,'=cmd(),,,0,,,<time>,<time>,-5,\"x\"\"y\"\r\n");
    }

    @Test
    void theFiltersOfTheReadsNarrowItToo() {
        client.list("l");
        client.person("{\"emailAddress\":\"a@b.example\",\"lists\":[\"l\"],\"emailSubscriptionStatus\":\"PENDING\"}");
        client.person("{\"emailAddress\":\"b@b.example\",\"lists\":[\"l\"]}");
        client.person("{\"emailAddress\":\"c@b.example\"}");
        assertThat(lines("?list=l")).isEqualTo(2);
        assertThat(lines("?list=l&status=PENDING")).isEqualTo(1);
        assertThat(lines("?search=c@b")).isEqualTo(1);
        assertThat(issues(client.send("GET", EXPORT + "?format=xml", null))).containsExactly("format");
        assertThat(issues(client.send("GET", EXPORT + "?status=x", null))).containsExactly("status");
        AudienceClient other = new AudienceClient(server, keys);
        assertThat(other.send("GET", EXPORT, null).body()).isEmpty();
        assertThat(other.send("GET", EXPORT + "?list=l", null).body()).isEmpty();
    }

    /** Who is erased while the reader rests is not in what it reads later: it was not read ahead. */
    @Tag("slow")
    @Test
    void aReaderThatReadsNothingMakesTheServerStopReadingFromTheDatabase() throws Exception {
        generate(60_000);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream()
                    .write(("GET /api/v0" + EXPORT + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                    + "Authorization: Bearer " + client.secret + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            // Without back pressure everything would have been read by the time nothing is read any more.
            Eventually.eventually(
                    Duration.ofSeconds(30), () -> assertThat(secondsSinceRead()).isGreaterThan(2));
            TestPostgres.execute(
                    server.databaseUrl(),
                    "DELETE FROM person WHERE business_id = '" + client.business + "' AND right(id, 6) > '050000'");
            List<String> lines = new ArrayList<>();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                reader.lines().filter(line -> line.startsWith("{")).forEach(lines::add);
            }
            assertThat(lines).hasSizeBetween(50_000, 59_000);
        }
    }

    private double secondsSinceRead() {
        return ((Number) TestPostgres.query(
                                server.databaseUrl(),
                                "SELECT extract(epoch FROM clock_timestamp() - max(query_start)) FROM pg_stat_activity"
                                        + " WHERE datname = current_database() AND query LIKE 'SELECT person.id, coalesce(shown_email%'"
                                        + " AND pid <> pg_backend_pid()")
                        .get(0)
                        .get(0))
                .doubleValue();
    }

    private long lines(String query) {
        return client.send("GET", EXPORT + query, null).body().lines().count();
    }

    private void generate(int people) {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO person (business_id, id, email, domain, first_name)
                SELECT '%1$s', 'per_%1$s' || to_char(n, 'FM000000'), 'p' || n || '@b.example', 'b.example', repeat('x', 200)
                FROM generate_series(1, %2$s) AS n""".formatted(client.business, people));
    }
}
