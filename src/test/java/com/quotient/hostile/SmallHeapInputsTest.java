package com.quotient.hostile;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.Main;
import com.quotient.hostile.WorstInputs.Input;
import com.quotient.testing.ChildServer;
import com.quotient.testing.GoodCaller;
import com.quotient.testing.Http11;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The worst inputs of all endpoints, many at once, against a heap of 128 MiB. */
@Tag("faults")
class SmallHeapInputsTest {
    private static final int CALLERS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT =
            Http11.newBuilder().connectTimeout(PATIENCE).build();

    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void worstInputsAtOnceAreAnsweredOrRefusedAndLeaveNothingBehind() {
        try (TestServer beside = TestServer.start()) {
            TestKeys keys = new TestKeys(beside);
            String key = keys.secret(keys.business());
            String goodKey = keys.secret(keys.business());
            try (ChildServer server = ChildServer.start(Main.class, beside.databaseUrl(), List.of("-Xmx128m"))) {
                GoodCaller good = GoodCaller.start(server.apiPort(), goodKey);

                List<Input> inputs = WorstInputs.all();
                List<CompletableFuture<Void>> callers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    int first = i * inputs.size() / CALLERS;
                    callers.add(CompletableFuture.runAsync(() -> call(server, key, inputs, first)));
                }
                callers.forEach(caller -> assertThat(caller).as(server.out()).succeedsWithin(PATIENCE.multipliedBy(3)));

                assertThat(wrong).as(server.out()).isEmpty();
                assertThat(server.process().isAlive()).as(server.out()).isTrue();
                assertThat(server.out()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
                eventually(PATIENCE, () -> assertThat(server.metric("quotient_budget_used_bytes"))
                        .isZero());
                good.assertUnharmed();
            }
        }
    }

    /** All inputs, the one at {@code first} before the others. */
    private void call(ChildServer server, String key, List<Input> inputs, int first) {
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get((i + first) % inputs.size());
            try {
                HttpResponse<Void> response = CLIENT.send(
                        input.request("http://127.0.0.1:" + server.apiPort() + "/api/v0", key, PATIENCE),
                        BodyHandlers.discarding());
                boolean retryable = response.headers().firstValue("Retry-After").isPresent();
                if (response.statusCode() >= 500 && !(response.statusCode() == 503 && retryable)) {
                    wrong.add(input + ": " + response.statusCode());
                }
            } catch (IOException e) {
                // A body that is refused while it is sent ends with its connection, now and then before its answer.
                if (input.body().length() == 0) {
                    wrong.add(input + ": " + e);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
