package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.Main;
import com.quotient.testing.ChildServer;
import com.quotient.testing.EventLoad;
import com.quotient.testing.RequestLoad;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three servers on one Postgres, of which one after the other goes and comes back under load. */
@Tag("faults")
class SeveralServersTest {
    private static final int SERVERS = 3;
    private static final int KILLS = 20;

    /** Few, so that the processors are left to the servers that start. */
    private static final int CLIENTS = 6;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<ChildServer> servers = new CopyOnWriteArrayList<>();
    private TestServer beside;
    private String key;

    @BeforeEach
    void start() {
        beside = TestServer.start();
        TestKeys keys = new TestKeys(beside);
        key = keys.secret(keys.business());
        for (int i = 0; i < SERVERS; i++) {
            servers.add(startOne());
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(ChildServer::close);
        beside.close();
    }

    private ChildServer startOne() {
        return ChildServer.start(
                Main.class,
                beside.databaseUrl(),
                List.of("-Xmx192m"),
                // Thirty times the interval at which the balancer asks.
                "QUOTIENT_HTTP_SHUTDOWN_DELAY",
                "3s",
                "QUOTIENT_HTTP_DRAIN_DEADLINE",
                "5s");
    }

    @Test
    void noAcknowledgedEventIsLostOrDoubledOverTwentyKills() throws Exception {
        try (EventLoad load = new EventLoad(this::anyPort, key, Integer.MAX_VALUE)) {
            Future<Void> done = load.run(CLIENTS);
            for (int kill = 0; kill < KILLS; kill++) {
                int before = load.acknowledgedCount();
                eventually(PATIENCE, () -> assertThat(load.acknowledgedCount()).isGreaterThan(before + 200));
                ChildServer killed = servers.get(kill % SERVERS);
                killed.close();
                servers.set(kill % SERVERS, startOne());
            }
            load.finish();
            done.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(load.surprises()).isEmpty();
            assertThat(load.retries()).as("the kills were felt").isGreaterThanOrEqualTo(KILLS);
            List<String> stored = TestPostgres.query(beside.databaseUrl(), "SELECT message_id FROM event").stream()
                    .map(row -> (String) row.get(0))
                    .collect(Collectors.toList());
            assertThat(stored).as("doubled").doesNotHaveDuplicates();
            Set<String> lost = new HashSet<>(load.acknowledged());
            lost.removeAll(new HashSet<>(stored));
            assertThat(lost).as("acknowledged and lost").isEmpty();
        }
    }

    /**
     * A balancer that asks for readiness, as a Service of Kubernetes does, and restarts of one server after the other.
     */
    @Test
    void noRequestFailsWhileTheServersAreRestartedOneByOne() throws Exception {
        try (RequestLoad load = new RequestLoad(servers, key)) {
            Future<Void> done = load.run(CLIENTS);
            for (int i = 0; i < SERVERS; i++) {
                int before = load.answered();
                eventually(PATIENCE, () -> assertThat(load.answered()).isGreaterThan(before + 5_000));
                ChildServer old = servers.get(i);
                old.process().destroy();
                assertThat(old.awaitExit(PATIENCE)).isZero();
                servers.set(i, startOne());
                old.close();
            }
            eventually(
                    PATIENCE.multipliedBy(3), () -> assertThat(load.answered()).isGreaterThan(100_000));
            load.finish();
            done.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(load.failures()).isEmpty();
        }
    }

    private int anyPort() {
        return servers.get(ThreadLocalRandom.current().nextInt(SERVERS)).apiPort();
    }
}
