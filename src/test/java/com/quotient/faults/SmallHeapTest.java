package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.Main;
import com.quotient.testing.ChildServer;
import com.quotient.testing.GoodCaller;
import com.quotient.testing.Http11;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Everything large at once, with a flood of unknown keys, against a heap of 96 MiB: what does not fit is refused. */
@Tag("faults")
class SmallHeapTest {
    private static final Duration LOAD = Duration.ofSeconds(12);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BATCH_BYTES = 500_000;

    private static final HttpClient CLIENT =
            Http11.newBuilder().connectTimeout(PATIENCE).build();

    private static TestServer beside;
    private static ChildServer server;
    private static String key;
    private static String goodKey;

    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() {
        beside = TestServer.start();
        TestKeys keys = new TestKeys(beside);
        key = keys.secret(keys.business());
        goodKey = keys.secret(keys.business());
        String text = "Some text of a post that is as long as it may be. ".repeat(4500);
        for (int i = 0; i < 30; i++) {
            beside.post(
                    "/api/v0/blog",
                    key,
                    "{\"title\":\"Post " + i + "\",\"status\":\"PUBLISHED\",\"markdown\":\"" + text + "\"}");
        }
        server = ChildServer.start(Main.class, beside.databaseUrl(), List.of("-Xmx96m"));
    }

    @AfterAll
    static void stop() {
        server.close();
        beside.close();
    }

    @Test
    void everythingLargeAtOnceIsRefusedInPartAndLeavesNothingBehind() throws InterruptedException {
        GoodCaller good = GoodCaller.start(server.apiPort(), goodKey);
        String event = "{\"eventType\":\"x\",\"text\":\"" + "a".repeat(1_000) + "\"}";
        String batch = IntStream.range(0, BATCH_BYTES / event.length())
                .mapToObj(i -> event)
                .collect(Collectors.joining(",", "[", "]"));
        String people = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"emailAddress\":\"p" + i + "@example.com\",\"firstName\":\"Name " + i + "\"}\n")
                .collect(Collectors.joining());
        byte[] packed = gzip(people);
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            load.add(repeat(() -> request("/whoami", "sk_" + unknown()).GET()));
            load.add(repeat(() -> request("/analytics", key)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(batch))));
            load.add(repeat(() -> request("/audience/people/import", key)
                    .header("Content-Type", "application/x-ndjson")
                    .header("Content-Encoding", "gzip")
                    .POST(BodyPublishers.ofByteArray(packed))));
            load.add(repeat(() -> request("/analytics/export", key).GET()));
            load.add(repeat(
                    () -> request("/audience/people/export?format=csv", key).GET()));
            load.add(repeat(() -> request("/analytics/events?limit=100", key).GET()));
            load.add(repeat(() -> request("/blog/list?limit=100", key).GET()));
        }
        load.forEach(Thread::start);
        for (Thread thread : load) {
            thread.join(LOAD.plus(PATIENCE).toMillis());
            assertThat(thread.isAlive()).as("A request does not end.").isFalse();
        }

        assertThat(wrong).as(server.out()).isEmpty();
        assertThat(statuses).as("statuses").containsKeys(200, 401);
        assertThat(server.process().isAlive()).as(server.out()).isTrue();
        assertThat(server.out()).doesNotContain("OutOfMemoryError");
        eventually(PATIENCE, () -> assertThat(server.metric("quotient_budget_used_bytes"))
                .isZero());
        eventually(PATIENCE, good::assertUnharmed);
    }

    /** Sends the same again and again until the load is over. */
    private Thread repeat(Supplier<HttpRequest.Builder> request) {
        long end = System.nanoTime() + LOAD.toNanos();
        return new Thread(() -> {
            while (System.nanoTime() - end < 0) {
                try {
                    HttpRequest asked = request.get().timeout(PATIENCE).build();
                    HttpResponse<Void> response = CLIENT.send(asked, BodyHandlers.discarding());
                    statuses.merge(response.statusCode(), 1, Integer::sum);
                    if (response.statusCode() == 503) {
                        refused(response);
                    } else if (response.statusCode() != 200 && response.statusCode() != 401) {
                        wrong.add(asked.uri().getPath() + ": " + response.statusCode());
                    }
                } catch (IOException e) {
                    // A body that is refused while it is sent ends with its connection, now and then before its answer.
                    if (!request.get().build().method().equals("POST")) {
                        wrong.add(request.get().build().uri().getPath() + ": " + e);
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    private void refused(HttpResponse<Void> response) throws InterruptedException {
        if (response.headers().firstValue("Retry-After").isEmpty()) {
            wrong.add(response.uri().getPath() + ": 503 without Retry-After");
        }
        // A client that heeds the refusal at least a little.
        TimeUnit.MILLISECONDS.sleep(20);
    }

    private static HttpRequest.Builder request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.apiPort() + "/api/v0" + path))
                .header("Authorization", "Bearer " + authorization);
    }

    private static String unknown() {
        return Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE / 2, Long.MAX_VALUE), 36)
                + "abcdefghijk";
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
