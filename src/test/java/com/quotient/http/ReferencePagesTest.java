package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.ApiDescription;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencePagesTest {
    private static final Pattern FILE = Pattern.compile("(?:src|href)=\"(/docs/[^\"]+)\"");

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @Test
    void descriptionIsOpenToEverybodyAndSaysWhatItsSourceSays() {
        HttpResponse<String> response = server.get("/openapi.json", null);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(response, "Cache-Control")).isEqualTo("public, max-age=300");
        assertThat(TestServer.json(response)).isEqualTo(ApiDescription.document());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs", "/docs/"})
    void cachedPageIsNotSentAgain(String path) {
        String tag = header(server.get(path, null), "ETag");

        assertThat(tag).matches("\"[0-9a-f]{32}\"");
        HttpResponse<String> same = server.get(path, null, "If-None-Match", tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(header(same, "ETag")).isEqualTo(tag);
        assertThat(server.get(path, null, "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs"})
    void headIsGetWithoutBody(String path) {
        HttpResponse<String> get = server.get(path, null);
        HttpResponse<String> head = server.send("HEAD", path, null, null);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("Content-Length", "Content-Type", "ETag", "Cache-Control")) {
            assertThat(header(head, name)).isEqualTo(header(get, name));
        }
    }

    @Test
    void pageRunsOnlyItsOwnFilesWhichNeverChange() {
        HttpResponse<String> page = server.get("/docs", null);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "Content-Security-Policy"))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(page.body()).doesNotContain("://").doesNotContainPattern("<script(?![^>]* src=)[^>]*>");
        List<String> files = FILE.matcher(page.body())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(files).hasSize(3).allSatisfy(file -> {
            HttpResponse<String> response = server.get(file, null);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(header(response, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(file).contains(header(response, "ETag").replace("\"", ""));
            assertThat(header(response, "Content-Type"))
                    .startsWith(file.endsWith(".css") ? "text/css" : "text/javascript");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/openapi.yaml",
                "/openapi.json/",
                "/docs/index.html",
                "/docs/start.js",
                "/docs/../openapi.yaml",
                "/docs/..%2fopenapi.yaml",
                "/docs/%2e%2e/openapi.yaml",
                "/docs/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/docs//etc/passwd",
                "/docs/..\\openapi.yaml",
                "/docs/META-INF/resources/webjars/swagger-ui/5.31.0/swagger-ui.js",
                "/docs/%00",
                "/docsx",
                "/DOCS"
            })
    void noPathLeadsToAnotherFile(String path) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response =
                    client.send(RawClient.head("GET", path)).read();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.header("content-type")).isEqualTo("application/problem+json");
            assertThat(response.header("location")).isEmpty();
        }
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
