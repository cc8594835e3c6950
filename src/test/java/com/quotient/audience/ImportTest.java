package com.quotient.audience;

import static com.quotient.audience.AudienceClient.LISTS;
import static com.quotient.audience.AudienceClient.PEOPLE;
import static com.quotient.audience.AudienceClient.issues;
import static com.quotient.audience.AudienceClient.members;
import static com.quotient.testing.TestServer.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.testing.Eventually;
import com.quotient.testing.Http11;
import com.quotient.testing.RawClient;
import com.quotient.testing.RawHttp2;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ImportTest {
    private static final String IMPORT = PEOPLE + "/import";
    private static final String NDJSON = "application/x-ndjson";
    private static final String CSV = "text/csv";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final AudienceClient client = new AudienceClient(server, keys);

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "http.bodyDeadline", "1s", "http.instances", "1", "audience.maxImportsPerBusiness", "4");
        keys = new TestKeys(server);
    }

    @Test
    void goodLinesAreStoredAndEveryBadOneIsNamedByItsLine() {
        client.define("PERSON", "age", "NUMBER");
        client.list("l");
        String body = """
                {"emailAddress":"a@b.example","firstName":"A","lists":["l"],"properties":{"age":"7"}}

                {"emailAddress":"nobody"}
                {"emailAddress":"b@b.example","leadScore":101}
                [1]
                {"emailAddress":"c@b.example"
                {"emailAddress":"d@b.example","properties":{"size":1}}
                {"emailAddress":"e@b.example","lists":["none"]}
                {"emailAddress":"f@b.example","properties":{"age":"old"}}
                {"emailAddress":"A@b.example","lastName":"B"}
                {"emailAddress":"g@b.example","emailSubscriptionStatus":"BOUNCED"}""";
        JsonNode summary = imported(NDJSON, body);
        assertThat(members(summary)).containsExactly("created", "updated", "rejected", "rejectedTotal");
        assertThat(summary.path("created").asInt()).isEqualTo(2);
        assertThat(summary.path("updated").asInt()).isEqualTo(1);
        assertThat(summary.path("rejectedTotal").asInt()).isEqualTo(7);
        assertThat(members(summary.path("rejected").get(0))).containsExactly("line", "detail");
        assertThat(lines(summary)).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(detail(summary, 3)).contains("emailAddress");
        assertThat(detail(summary, 4)).contains("leadScore");
        assertThat(detail(summary, 7)).contains("size");
        assertThat(detail(summary, 8)).contains("none");
        assertThat(detail(summary, 9)).contains("properties.age");
        assertThat(client.emails(PEOPLE)).containsExactlyInAnyOrder("a@b.example", "g@b.example");
        JsonNode person = client.get(PEOPLE + "?search=a@b").path("people").get(0);
        assertThat(person.path("firstName").asText()).isEqualTo("A");
        assertThat(person.path("lastName").asText()).isEqualTo("B");
        assertThat(person.path("properties").toString()).isEqualTo("{\"age\":7}");
        assertThat(client.emails(LISTS + "/l/people")).containsExactly("a@b.example");
    }

    @Test
    void aTableIsReadByItsHeader() {
        client.define("PERSON", "age", "NUMBER");
        client.list("one");
        client.list("two");
        String body = """
                \uFEFFcompanyId,emailAddress,firstName,leadScore,lists,properties.age,emailMarketingState\r
                x,a@b.example,"Ada, ""the""\r
                first",7,one;two,42,SUBSCRIBED\r
                x,b@b.example,,,,,\r
                x,c@b.example,C,many,,,\r
                x,d@b.example,"D" x,,,,\r
                x,e@b.example,E,1,one,1,PENDING,more\r
                x,f@b.example\r
                ,,\r
                x,g@b.example,G,1,one,1,PENDING,,,\r
                """;
        JsonNode summary = imported(CSV + "; charset=UTF-8", body);
        assertThat(summary.path("created").asInt()).isEqualTo(4);
        // The second row goes over two lines.
        assertThat(lines(summary)).containsExactly(5L, 6L, 7L);
        assertThat(detail(summary, 5)).contains("leadScore");
        JsonNode person = client.get(PEOPLE + "?search=a@b").path("people").get(0);
        assertThat(person.path("firstName").asText()).isEqualTo("Ada, \"the\"\r\nfirst");
        assertThat(person.path("leadScore").asInt()).isEqualTo(7);
        assertThat(person.path("emailSubscriptionStatus").asText()).isEqualTo("SUBSCRIBED");
        assertThat(person.path("lists").toString()).isEqualTo("[\"one\",\"two\"]");
        assertThat(person.path("properties").toString()).isEqualTo("{\"age\":42}");
    }

    @Test
    void aTableWithoutAHeaderIsRefused() {
        for (String body : List.of("", "a@b.example,Ada\r\n", "firstName\nAda\n", "\"emailAddress\n")) {
            assertThat(issues(send(CSV, body))).as(body).containsExactly("");
        }
        assertThat(client.total(PEOPLE)).isZero();
    }

    @Test
    void aTableIsReadWhateverEndsItsLinesAndSeparatesItsCells() {
        for (String file : List.of(
                "emailAddress,firstName\ra@b.example,Ada\rb@b.example,Bea\r",
                "emailAddress;firstName\r\na@b.example;Ada\r\nb@b.example;Bea",
                "sep=;\nemailAddress;firstName\na@b.example;Ada\nb@b.example;Bea",
                "emailAddress\tfirstName\t\na@b.example\tAda\t\nb@b.example\tBea")) {
            AudienceClient fresh = new AudienceClient(server, keys);
            JsonNode summary = AudienceClient.ok(fresh.send("POST", IMPORT, file, "Content-Type", CSV));
            assertThat(summary.path("created").asInt()).as(file).isEqualTo(2);
            assertThat(summary.path("rejectedTotal").asInt()).isZero();
            assertThat(fresh.get(PEOPLE).path("people").findValuesAsText("firstName"))
                    .containsExactly("Ada", "Bea");
        }
    }

    @Test
    void aLoneQuoteAffectsOnlyItsRow() {
        String file = "emailAddress,firstName\nlone@b.example,\"Lo\n"
                + IntStream.range(0, 6000)
                        .mapToObj(i -> "p" + i + "@b.example,P\n")
                        .collect(Collectors.joining());
        JsonNode summary = imported(CSV, file);
        assertThat(summary.path("created").asInt()).isEqualTo(6000);
        assertThat(lines(summary)).containsExactly(2L);
        assertThat(detail(summary, 2)).contains("quote");
    }

    @Test
    void linesThatAQuoteJoinsAreNamedAsARangeAndCounted() {
        String file = "emailAddress,firstName\na@b.example,\"A\n" + "b@b.example,B\n".repeat(30)
                + "c@b.example,\"\nd@b.example,D\n";
        JsonNode summary = imported(CSV, file);
        assertThat(summary.path("created").asInt()).isEqualTo(1);
        assertThat(summary.path("rejectedTotal").asInt()).isEqualTo(32);
        assertThat(detail(summary, 2)).startsWith("Lines 2 to 33").contains("firstName");
    }

    @Test
    void unknownColumnsAreNamedWithWhatWasMeantBeforeAnythingIsWritten() {
        client.define("PERSON", "phone", "TEXT");
        String file = "emailAddress,firstname,phone,colour\n" + "a@b.example,Ada,1,red\n".repeat(3);
        HttpResponse<String> refused = send(CSV, file);
        assertThat(issues(refused)).containsExactly("firstname", "phone", "colour");
        assertThat(json(refused).path("detail").asText())
                .contains("did you mean firstName?", "did you mean properties.phone?", "colour is no column");
        assertThat(client.total(PEOPLE)).isZero();
        JsonNode summary =
                AudienceClient.ok(client.send("POST", IMPORT + "?ignoreUnknown=true", file, "Content-Type", CSV));
        assertThat(summary.path("created").asInt()).isEqualTo(1);
        assertThat(summary.path("ignoredColumns").toString()).isEqualTo("[\"colour\",\"firstname\",\"phone\"]");
        for (String name : List.of("EmailAddress", "email", "E-mail", "e-mail address")) {
            assertThat(json(send(CSV, name + "\na@b.example")).path("detail").asText())
                    .contains(name + " is no column", "did you mean emailAddress?");
        }
        assertThat(json(send(CSV, "emailAddress,firstName,firstName\n"))
                        .path("detail")
                        .asText())
                .contains("two columns");
    }

    @Test
    void utf16IsRefusedByItsName() {
        for (String type : List.of(CSV, NDJSON)) {
            HttpResponse<String> refused = send(type, "emailAddress\na@b.example".getBytes(UTF_16));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(json(refused).path("detail").asText()).contains("UTF-16");
        }
    }

    @Test
    void onlyLinesOfJsonAndTablesAreTaken() {
        for (String type : List.of("application/json", "text/plain", "text/csv; charset=iso-8859-1")) {
            assertThat(send(type, "{}").statusCode()).as(type).isEqualTo(415);
        }
        assertThat(client.send("POST", IMPORT, "{}", "Content-Type", NDJSON, "Content-Encoding", "br")
                        .statusCode())
                .isEqualTo(415);
        JsonNode nothing = imported(NDJSON, "");
        assertThat(nothing.toString()).isEqualTo("{\"created\":0,\"updated\":0,\"rejected\":[],\"rejectedTotal\":0}");
    }

    @Test
    void theSameFileAgainChangesNothing() {
        String body = rows(1200);
        assertThat(imported(NDJSON, body).path("created").asInt()).isEqualTo(1200);
        JsonNode again = imported(NDJSON, body);
        assertThat(again.path("created").asInt()).isZero();
        assertThat(again.path("updated").asInt()).isEqualTo(1200);
        assertThat(client.total(PEOPLE)).isEqualTo(1200);
    }

    @Test
    void theLastLineOfAPersonWins() {
        imported(
                NDJSON,
                IntStream.range(0, 20)
                        .mapToObj(i -> "{\"emailAddress\":\"a@b.example\",\"firstName\":\"" + i + "\"}")
                        .collect(Collectors.joining("\n")));
        assertThat(client.get(PEOPLE).path("people").findValuesAsText("firstName"))
                .containsExactly("19");
    }

    @Test
    void importsOfTheSamePeopleAtTheSameTimeMakeEachOnce() {
        String body = rows(700);
        String backwards = body.lines().sorted((a, b) -> b.compareTo(a)).collect(Collectors.joining("\n"));
        ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>(List.of(body, backwards, body, backwards));
        long created = PeopleTest.atOnce(4, () -> imported(NDJSON, String.valueOf(bodies.poll()))).stream()
                .mapToLong(summary -> summary.path("created").asLong())
                .sum();
        assertThat(created).isEqualTo(700);
        assertThat(client.total(PEOPLE)).isEqualTo(700);
    }

    @Test
    void onlyTheFirstThousandRejectionsAreListed() {
        JsonNode summary = imported(NDJSON, "{}\n".repeat(5000) + "{\"emailAddress\":\"a@b.example\"}");
        assertThat(summary.path("rejected")).hasSize(1000);
        assertThat(summary.path("rejectedTotal").asInt()).isEqualTo(5000);
        assertThat(summary.path("created").asInt()).isEqualTo(1);
    }

    @Test
    void aLineThatIsTooLongIsRejectedAndTheNextOnesAreRead() {
        String body = "{\"emailAddress\":\"a@b.example\",\"x\":\"" + "x".repeat(2_000_000) + "\"}\n"
                + "{\"emailAddress\":\"b@b.example\"}\n";
        JsonNode summary = imported(NDJSON, body);
        assertThat(lines(summary)).containsExactly(1L);
        assertThat(client.emails(PEOPLE)).containsExactly("b@b.example");
    }

    @Test
    void invalidUtf8IsRejectedByItsLine() {
        byte[] body =
                "{\"emailAddress\":\"a@b.example\",\"firstName\":\"\u00ff\"}\n{\"emailAddress\":\"b@b.example\"}\n"
                        .getBytes(ISO_8859_1);
        assertThat(lines(imported(NDJSON, body))).containsExactly(1L);
        byte[] table =
                "emailAddress,firstName\na@b.example,\u00ff\nb@b.example,\0\nc@b.example,C\n".getBytes(ISO_8859_1);
        assertThat(lines(imported(CSV, table))).containsExactly(2L, 3L);
        assertThat(client.emails(PEOPLE)).containsExactlyInAnyOrder("b@b.example", "c@b.example");
    }

    @Test
    void gzipIsInflatedAlsoInSeveralMembers() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String part : List.of(rows(3000), "\n{\"emailAddress\":\"last@b.example\"}")) {
            packed.write(gzip(part.getBytes(UTF_8)));
        }
        HttpResponse<String> answer = send(NDJSON, packed.toByteArray(), "Content-Encoding", "gzip");
        assertThat(AudienceClient.ok(answer).path("created").asInt()).isEqualTo(3001);
    }

    @Test
    void zeroBytesBehindAGzipMemberAreIgnored() {
        byte[] packed = gzip(rows(10).getBytes(UTF_8));
        byte[] padded = java.util.Arrays.copyOf(packed, packed.length + 1000);
        HttpResponse<String> answer = send(NDJSON + "; charset=utf8", padded, "Content-Encoding", "x-gzip");
        assertThat(AudienceClient.ok(answer).path("created").asInt()).isEqualTo(10);
    }

    @Test
    void invalidOrTruncatedGzipIsRefused() throws IOException {
        byte[] packed = gzip(rows(10).getBytes(UTF_8));
        byte[] cut = java.util.Arrays.copyOf(packed, packed.length - 3);
        byte[] broken = packed.clone();
        broken[packed.length - 6] ^= 1;
        for (byte[] body : List.of(cut, broken, "plain".repeat(10).getBytes(UTF_8))) {
            assertThat(issues(send(NDJSON, body, "Content-Encoding", "gzip"))).containsExactly("");
        }
    }

    @Test
    void whatInflatesToAThousandTimesItsSizeIsRefused() throws IOException {
        HttpResponse<String> answer = send(NDJSON, packed(" ".repeat(1 << 20), 100), "Content-Encoding", "gzip");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        assertThat(json(answer).path("limit").asLong()).isBetween(16L << 20, 100L << 20);
        byte[] small = packed(" \n".repeat(1 << 19), 10);
        assertThat(AudienceClient.ok(send(NDJSON, small, "Content-Encoding", "gzip"))
                        .path("rejectedTotal")
                        .asInt())
                .isZero();
    }

    @Test
    void aFileOfFaultsEndsAndOthersAreAnsweredMeanwhile() throws Exception {
        for (byte[] file : List.of(packed("x\n".repeat(1 << 19), 4), packed("{\n".repeat(1 << 19), 4))) {
            // One event loop serves all; machines that run tests are busy.
            Eventually.within(Duration.ofSeconds(2), () -> {
                CompletableFuture<HttpResponse<String>> imported =
                        CompletableFuture.supplyAsync(() -> send(NDJSON, file, "Content-Encoding", "gzip"));
                long slowest = 0;
                while (!imported.isDone()) {
                    long begin = System.nanoTime();
                    assertThat(client.send("GET", "/whoami", null).statusCode()).isEqualTo(200);
                    slowest = Math.max(slowest, System.nanoTime() - begin);
                }
                assertThat(imported.join().statusCode()).isEqualTo(400);
                assertThat(json(imported.join()).path("detail").asText())
                        .contains("100000 rows")
                        .contains("line 1");
                return Duration.ofNanos(slowest);
            });
        }
    }

    @Test
    void moreImportsThanABusinessMayRunAreRefusedAndOneThatEndedMakesRoom() {
        try (TestServer one = TestServer.start("audience.maxImportsPerBusiness", "1")) {
            TestKeys keysOfOne = new TestKeys(one);
            AudienceClient busy = new AudienceClient(one, keysOfOne);
            try (RawClient running = RawClient.to(one)) {
                running.send("POST /api/v0" + IMPORT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + busy.secret
                        + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n");
                Eventually.eventually(Duration.ofSeconds(60), () -> {
                    HttpResponse<String> refused = busy.send("POST", IMPORT, "", "Content-Type", NDJSON);
                    assertThat(refused.statusCode()).isEqualTo(503);
                    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                });
                assertThat(new AudienceClient(one, keysOfOne)
                                .send("POST", IMPORT, "", "Content-Type", NDJSON)
                                .statusCode())
                        .isEqualTo(200);
            }
            Eventually.eventually(
                    Duration.ofSeconds(60), () -> assertThat(busy.send("POST", IMPORT, "", "Content-Type", NDJSON)
                                    .statusCode())
                            .isEqualTo(200));
        }
    }

    @Test
    void aSilentSenderIsTimedOutAndStoredRowsStay() {
        try (RawClient raw = RawClient.to(server)) {
            raw.send("POST /api/v0" + IMPORT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + client.secret
                    + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n" + rows(600) + "\n");
            RawClient.Response answer = raw.read();
            assertThat(answer.status()).isEqualTo(408);
        }
        assertThat(client.total(PEOPLE)).isEqualTo(500);
    }

    @Test
    void aSenderThatTricklesDoesNotKeepItsSlot() throws Exception {
        try (RawClient raw = RawClient.to(server)) {
            raw.send("POST /api/v0" + IMPORT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + client.secret
                    + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n");
            CompletableFuture<RawClient.Response> answer = CompletableFuture.supplyAsync(raw::read);
            // A line end four times a second is never silent for a second, and never 1,024 bytes per second.
            for (int i = 0; i < 60 && !answer.isDone(); i++) {
                raw.trySend("\n");
                LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
            }
            assertThat(answer).succeedsWithin(Duration.ofSeconds(5));
            assertThat(answer.get().status()).isEqualTo(408);
        }
    }

    @Test
    void aSenderThatLeavesLeavesWholeRowsAndHarmsNobody() {
        try (RawClient raw = RawClient.to(server)) {
            raw.send("POST /api/v0" + IMPORT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + client.secret
                    + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n" + rows(600) + "\n");
        }
        Eventually.eventually(
                Duration.ofSeconds(60), () -> assertThat(client.total(PEOPLE)).isIn(0L, 500L));
        assertThat(imported(NDJSON, rows(600)).path("rejectedTotal").asInt()).isZero();
        assertThat(client.total(PEOPLE)).isEqualTo(600);
    }

    @Test
    void whatIsExportedCanBeImported() {
        client.define("PERSON", "age", "NUMBER");
        client.define("PERSON", "note", "TEXT");
        client.list("l");
        client.person(
                "{\"emailAddress\":\"a@b.example\",\"firstName\":\"=1+1\",\"lastName\":\"'=2\",\"jobTitle\":\"a,\\\"b\\\"\\nc\","
                        + "\"leadScore\":9,\"lists\":[\"l\"],\"emailSubscriptionStatus\":\"SPAM\","
                        + "\"properties\":{\"age\":-5,\"note\":\"-x\"}}");
        client.person("{\"emailAddress\":\"b@b.example\"}");
        for (String format : List.of("csv", "ndjson")) {
            String exported = client.send("GET", PEOPLE + "/export?format=" + format, null)
                    .body();
            AudienceClient copy = new AudienceClient(server, keys);
            copy.define("PERSON", "age", "NUMBER");
            copy.define("PERSON", "note", "TEXT");
            copy.list("l");
            HttpResponse<String> answer =
                    copy.send("POST", IMPORT, exported, "Content-Type", format.equals("csv") ? CSV : NDJSON);
            assertThat(json(answer).path("created").asInt()).as(answer.body()).isEqualTo(2);
            assertThat(plain(copy.get(PEOPLE))).isEqualTo(plain(client.get(PEOPLE)));
        }
    }

    /** Of any text but an empty one, which is no text in a table. */
    @Test
    void anyTextSurvivesExportAndImport() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        client.define("PERSON", "note", "TEXT");
        ObjectMapper json = new ObjectMapper();
        String body = IntStream.range(0, 400)
                .mapToObj(i -> json.createObjectNode()
                        .put("emailAddress", "p" + i + "@b.example")
                        .put("firstName", text(random))
                        .put("jobTitle", text(random))
                        .set("properties", json.createObjectNode().put("note", text(random)))
                        .toString())
                .collect(Collectors.joining("\n"));
        assertThat(imported(NDJSON, body).path("created").asInt()).isEqualTo(400);
        String people = client.send("GET", PEOPLE + "/export", null).body();
        for (String format : List.of("csv", "ndjson")) {
            String exported = client.send("GET", PEOPLE + "/export?format=" + format, null)
                    .body();
            AudienceClient copy = new AudienceClient(server, keys);
            copy.define("PERSON", "note", "TEXT");
            HttpResponse<String> answer =
                    copy.send("POST", IMPORT, exported, "Content-Type", format.equals("csv") ? CSV : NDJSON);
            assertThat(json(answer).path("created").asInt())
                    .as("seed " + seed + answer.body())
                    .isEqualTo(400);
            assertThat(copy.send("GET", PEOPLE + "/export", null)
                            .body()
                            .replaceAll("\"(id|createdAt|updatedAt)\":\"[^\"]*\"", ""))
                    .as("seed " + seed)
                    .isEqualTo(people.replaceAll("\"(id|createdAt|updatedAt)\":\"[^\"]*\"", ""));
        }
    }

    private static String text(Random random) {
        String special = "'\"=+-@,;|\t\r\n \uFF1D\uFF0B\uFF0D\uFF20\u200B\uFEFF1x\u00e9";
        return random.ints(random.nextInt(12), 0, special.length())
                        .mapToObj(i -> String.valueOf(special.charAt(i)))
                        .collect(Collectors.joining())
                + Character.toString(0x1F600 + random.nextInt(50));
    }

    @Tag("slow")
    @Test
    void aHundredThousandPeopleComeAndGo() throws Exception {
        int people = 100_000;
        HttpRequest request = HttpRequest.newBuilder(server.uri("/api/v0" + IMPORT))
                .header("Authorization", "Bearer " + client.secret)
                .header("Content-Type", NDJSON)
                .timeout(Duration.ofMinutes(2))
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(() -> IntStream.range(0, people)
                        .mapToObj(i -> row(i).getBytes(UTF_8))
                        .iterator())))
                .build();
        HttpResponse<String> answer = Http11.newClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(AudienceClient.ok(answer).path("created").asInt()).isEqualTo(people);
        assertThat(client.send("GET", PEOPLE + "/export", null).body().lines().count())
                .isEqualTo(people);
    }

    /** The event loop asks for the new key first, and the client has left when it knows it. */
    @Test
    void importThatIsCancelledBeforeItBeginsLeavesRoomForOthers() {
        for (int i = 0; i < 12; i++) {
            String authorization = "Bearer " + keys.secret(client.business);
            try (RawHttp2 raw = new RawHttp2(server.port())) {
                raw.headers(0, request("POST", "/api/v0" + IMPORT, authorization));
                raw.frame(RawHttp2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
                String[] next = request("GET", "/api/v0/whoami", authorization);
                assertThat(raw.headers(RawHttp2.END_STREAM, next).read().status())
                        .isEqualTo(200);
            }
        }

        assertThat(imported(NDJSON, row(0)).path("created").asInt()).isEqualTo(1);
    }

    private static String[] request(String method, String path, String authorization) {
        return new String[] {
            ":method",
            method,
            ":scheme",
            "http",
            ":path",
            path,
            ":authority",
            "x",
            "authorization",
            authorization,
            "content-type",
            NDJSON
        };
    }

    private static byte[] packed(String part, int times) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < times; i++) {
                out.write(part.getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private JsonNode imported(String type, String body) {
        return imported(type, body.getBytes(UTF_8));
    }

    private JsonNode imported(String type, byte[] body) {
        return AudienceClient.ok(send(type, body));
    }

    private HttpResponse<String> send(String type, String body) {
        return send(type, body.getBytes(UTF_8));
    }

    private HttpResponse<String> send(String type, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/api/v0" + IMPORT))
                .header("Authorization", "Bearer " + client.secret)
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return server.send(request.build());
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static String rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> row(i).strip()).collect(Collectors.joining("\n"));
    }

    private static String row(int i) {
        return "{\"emailAddress\":\"person" + i + "@company" + i % 1000 + ".example\",\"firstName\":\"First" + i
                + "\",\"lastName\":\"Last" + i + "\",\"jobTitle\":\"Engineer\",\"leadScore\":" + i % 100 + "}\n";
    }

    private static List<Long> lines(JsonNode summary) {
        List<Long> lines = new ArrayList<>();
        summary.path("rejected")
                .forEach(rejection -> lines.add(rejection.path("line").asLong()));
        return lines;
    }

    private static String detail(JsonNode summary, long line) {
        for (JsonNode rejection : summary.path("rejected")) {
            if (rejection.path("line").asLong() == line) {
                return rejection.path("detail").asText();
            }
        }
        throw new AssertionError("Line " + line + " is not among " + summary);
    }

    /** People without what differs from one business to the next. */
    private static String plain(JsonNode people) {
        return people.toString().replaceAll("\"(id|createdAt|updatedAt)\":\"[^\"]*\"", "\"$1\"");
    }
}
