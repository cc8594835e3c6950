package com.quotient.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.config.Config;
import com.quotient.config.Settings;
import com.quotient.db.DatabaseUrl;
import com.quotient.db.Migrations;
import com.quotient.server.Server;
import com.quotient.testing.ApiDescription.Answered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The real server on free ports and a real database, and an HTTP client on it. */
public final class TestServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long START_SECONDS = 120;

    private final String databaseUrl;
    private final Server server;
    private final boolean tls;
    private final HttpClient client;

    private TestServer(String databaseUrl, Server server, boolean tls) {
        this.databaseUrl = databaseUrl;
        this.server = server;
        this.tls = tls;
        HttpClient.Builder client = Http11.newBuilder().connectTimeout(PATIENCE);
        this.client = (tls ? client.sslContext(TlsSockets.context()) : client).build();
    }

    /** On a database of its own in the shared Postgres; settings as pairs of name and value. */
    public static TestServer start(String... settings) {
        return on(migratedDatabase(), settings);
    }

    /** Starts a server on a database that may be shared with other servers or be behind a proxy. */
    public static TestServer on(String databaseUrl, String... settings) {
        TestServer started = prepare(databaseUrl, InstantSource.system(), settings);
        started.awaitStart();
        return started;
    }

    /** A server that is not started yet. */
    public static TestServer prepare(String databaseUrl, InstantSource clock, String... settings) {
        Config config = config(databaseUrl, settings);
        return new TestServer(
                databaseUrl,
                new Server(config, DatabaseUrl.parse(databaseUrl), clock),
                config.http().isTls());
    }

    /** The URL of an empty database. */
    public static String freshDatabase() {
        return createDatabase(null);
    }

    /** The URL of a database as the migrations leave it. They run once in this JVM, as they take half of a start. */
    public static String migratedDatabase() {
        return createDatabase(Migrated.NAME);
    }

    private static String createDatabase(@Nullable String template) {
        return TestPostgres.shared()
                .createDatabase("t_" + UUID.randomUUID().toString().replace("-", ""), template);
    }

    private static final class Migrated {
        private static final String NAME = migrate();

        private static String migrate() {
            DatabaseUrl url = DatabaseUrl.parse(freshDatabase());
            Migrations.migrate(url);
            return url.database();
        }
    }

    public static Config config(String databaseUrl, String... settings) {
        Settings all = Settings.defaults()
                .with("database.url", databaseUrl)
                .with("http.host", "127.0.0.1")
                .with("http.port", "0")
                // Connections that clients of tests keep open would hold up each stop.
                .with("http.drainDeadline", "100ms")
                // The machines that run tests are busy with other things, and stand still now and then.
                .with("database.poolWait", "10s")
                .with("ingest.maxWait", "10s")
                .with("keyFeed.answerDeadline", "10s")
                .with("management.host", "127.0.0.1")
                .with("management.port", "0");
        for (int i = 0; i < settings.length; i += 2) {
            all = all.with(settings[i], settings[i + 1]);
        }
        return all.config();
    }

    public void awaitStart() {
        await(server.start(), START_SECONDS);
    }

    public Server server() {
        return server;
    }

    public String databaseUrl() {
        return databaseUrl;
    }

    public int port() {
        return server.apiPort();
    }

    /** A path below the API's origin. */
    public URI uri(String path) {
        return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + port() + path);
    }

    /** Whether its API speaks TLS. */
    boolean isTls() {
        return tls;
    }

    public URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + server.managementPort() + path);
    }

    public HttpResponse<String> get(String path, @Nullable String key, String... headers) {
        return send("GET", path, key, null, headers);
    }

    public HttpResponse<String> post(String path, @Nullable String key, String body, String... headers) {
        return send("POST", path, key, body, headers);
    }

    /** A body makes the request JSON unless the headers say otherwise. */
    public HttpResponse<String> send(
            String method, String path, @Nullable String key, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        boolean typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
            typed |= headers[i].toLowerCase(Locale.ROOT).equals("content-type");
        }
        if (body != null && !typed) {
            request.header("Content-Type", "application/json");
        }
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return send(request.build());
    }

    /** Whatever the API answers is held against its description. */
    public HttpResponse<String> send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (request.uri().getPort() == port()) {
                ApiDescription.check(
                        server.routes(),
                        request.method(),
                        request.uri().getRawPath(),
                        new Answered(response.statusCode(), response.headers().map(), response.body()));
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public String metrics() {
        return send(HttpRequest.newBuilder(managementUri("/metrics")).build()).body();
    }

    /** The value of the first line of a metric, or of those with the given labels; fails when there is none. */
    public double metric(String nameAndLabels) {
        return Scrape.values(metrics(), nameAndLabels)
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no metric " + nameAndLabels));
    }

    public static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("Not JSON: " + response.body(), e);
        }
    }

    public static <T> T await(io.vertx.core.Future<T> future) {
        return await(future, PATIENCE.toSeconds());
    }

    private static <T> T await(io.vertx.core.Future<T> future, long seconds) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        await(server.stop(), START_SECONDS);
    }
}
