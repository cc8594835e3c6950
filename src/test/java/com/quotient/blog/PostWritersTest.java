package com.quotient.blog;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The threads that read the content of posts, and how businesses share them. */
class PostWritersTest {
    private static final int AT_ONCE = 30;

    @Test
    void whatOneBusinessSendsAtOnceIsRefusedBeyondItsShareAndAnotherOneWritesOn() {
        try (TestServer server = TestServer.start("blog.contentWorkers", "1", "blog.contentQueue", "4")) {
            TestKeys keys = new TestKeys(server);
            String busy = keys.issue(keys.business(), KeyTier.SECRET).key();
            String other = keys.issue(keys.business(), KeyTier.SECRET).key();
            String costly = "{\"title\":\"t%d\",\"markdown\":\"" + "a *b* ".repeat(2500) + "\"}";
            ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);

            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, AT_ONCE)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> server.post("/api/v0/blog", busy, costly.formatted(i)), clients))
                    .toList();
            HttpResponse<String> written = server.post("/api/v0/blog", other, "{\"title\":\"a\",\"markdown\":\"b\"}");

            assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
            List<HttpResponse<String>> answers =
                    sent.stream().map(CompletableFuture::join).toList();
            clients.shutdown();
            assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 503);
            for (HttpResponse<String> answer : answers) {
                if (answer.statusCode() == 503) {
                    assertThat(json(answer).path("code").asText()).isEqualTo("OVERLOADED");
                    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
                }
            }
            long made = answers.stream()
                    .filter(answer -> answer.statusCode() == 200)
                    .count();
            assertThat(json(server.get("/api/v0/blog/list?statuses=DRAFT&limit=1", busy))
                            .path("pageData")
                            .path("total")
                            .asLong())
                    .isEqualTo(made);
        }
    }

    @Test
    void aPostThatIsTooLongIsRefusedByName() {
        try (TestServer server = TestServer.start()) {
            TestKeys keys = new TestKeys(server);
            String key = keys.issue(keys.business(), KeyTier.SECRET).key();

            HttpResponse<String> refused =
                    server.post("/api/v0/blog", key, "{\"title\":\"a\",\"markdown\":\"" + "a".repeat(262_145) + "\"}");

            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(json(refused).path("issues").get(0).path("path").asText())
                    .isEqualTo("markdown");
            assertThat(json(refused).path("issues").get(0).path("message").asText())
                    .isEqualTo("is too long: a post can have at most 262144 bytes. Split it into several posts.");
            // Non-ASCII characters as other programs escape them.
            String escaped = "\\u0436".repeat(131_072);
            assertThat(server.post("/api/v0/blog", key, "{\"title\":\"a\",\"markdown\":\"" + escaped + "\"}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
