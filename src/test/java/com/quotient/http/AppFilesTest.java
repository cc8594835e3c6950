package com.quotient.http;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.Http11;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class AppFilesTest {
    private static final HttpClient CLIENT = Http11.newClient();

    private static HttpServer server;
    private static HttpServer empty;

    @BeforeAll
    static void start(Vertx vertx) {
        server = listen(vertx, new AppFiles("app/", "/dashboard", "/dashboard", "/tools/q/dashboard"));
        empty = listen(vertx, new AppFiles("no-such-folder/", "/dashboard", "/dashboard", "/dashboard"));
    }

    private static HttpServer listen(Vertx vertx, AppFiles files) {
        Writers writers = new Writers(Duration.ofSeconds(10), new LongAdder());
        return await(vertx.createHttpServer()
                .requestHandler(request -> files.answer(request, vertx, writers))
                .listen(0, "127.0.0.1"));
    }

    private static HttpResponse<String> get(HttpServer from, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + from.actualPort() + path));
        return CLIENT.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void pageNamesItsFilesByTheirContentWhereTheBrowserFindsThem() throws Exception {
        HttpResponse<String> page = get(server, "/dashboard");

        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'");
        assertThat(page.body())
                .contains("content=\"/tools/q/dashboard\"", "href=\"/tools/q/dashboard/keys\"", "href=\"/elsewhere\"");
        Matcher script = Pattern.compile("src=\"/tools/q(/dashboard/app\\.js\\?v=[0-9a-f]{16})\"")
                .matcher(page.body());
        assertThat(script.find()).isTrue();
        assertThat(get(server, script.group(1)).headers().firstValue("Cache-Control"))
                .contains("public, max-age=31536000, immutable");
        for (String other : new String[] {"/dashboard/app.js", "/dashboard/app.js?v=0123456789abcdef"}) {
            assertThat(get(server, other).headers().firstValue("Cache-Control"))
                    .as(other)
                    .contains("no-cache");
        }
    }

    @Test
    void knownFileIsNotSentAgain() throws Exception {
        HttpResponse<String> script = get(server, "/dashboard/app.js");

        HttpResponse<String> again = get(
                server,
                "/dashboard/app.js",
                "If-None-Match",
                script.headers().firstValue("ETag").orElseThrow());

        assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dashboard/", "/dashboard/keys/key_1", "/dashboard/settings/team?tab=1", "/dashboard/a.b"})
    void pathThatIsNoFileIsThePage(String path) throws Exception {
        assertThat(get(server, path).body()).contains("<title>An app</title>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/missing.js",
                "/dashboard/keys/app.js",
                "/dashboard/..%2fapp.js",
                "/dashboard/.js",
                "/dashboard/x/../app.css"
            })
    void fileThatIsNotThereIsNotFound(String path) throws Exception {
        HttpResponse<String> answer = get(server, path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void serverWithoutThePagesSaysSo() throws Exception {
        assertThat(get(empty, "/dashboard").statusCode()).isEqualTo(404);
        assertThat(get(empty, "/dashboard").body()).contains("NOT_FOUND");
    }
}
