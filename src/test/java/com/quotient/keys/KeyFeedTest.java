package com.quotient.keys;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.Eventually.within;
import static com.quotient.testing.TestServer.await;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyAdmin.Confirmation;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers on one database; the second behind a network that can fail. */
@Tag("faults")
class KeyFeedTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final Duration SOON = Duration.ofSeconds(60);

    /** For a change to be seen when its notification is lost. */
    private static final Duration PROMISED = Duration.ofSeconds(3);

    private String database;
    private FaultProxy proxy;
    private TestServer first;
    private TestServer second;
    private TestKeys keys;
    private String business;

    @BeforeEach
    void start() {
        database = TestServer.migratedDatabase();
        proxy = new FaultProxy(database);
        first = TestServer.on(database);
        keys = new TestKeys(first);
        business = keys.business();
    }

    @AfterEach
    void stop() {
        proxy.restore();
        proxy.blackHole(false);
        if (second != null) {
            second.close();
        }
        first.close();
        proxy.close();
    }

    private void startSecond(String... settings) {
        List<String> all = new ArrayList<>(List.of("keyFeed.answerDeadline", "1500ms"));
        all.addAll(List.of(settings));
        second = TestServer.on(proxy.url(name(database)), all.toArray(String[]::new));
        eventually(SOON, () -> assertThat(first.metric("quotient_pods")).isEqualTo(2));
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private int statusOnSecond(String key) {
        return second.get(WHOAMI, key).statusCode();
    }

    @Test
    void changeOnOneServerHoldsOnTheOtherWithinAQuarterOfASecond() throws Exception {
        startSecond();
        Issued issued = keys.issue(business, KeyTier.SECRET);
        assertThat(statusOnSecond(issued.key())).isEqualTo(200);

        within(Duration.ofMillis(250), () -> slowestButOneOfAHundredChanges(issued));
    }

    private Duration slowestButOneOfAHundredChanges(Issued issued) {
        List<Duration> taken = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean disable = i % 2 == 0;
            int expected = disable ? 401 : 200;
            await(
                    disable
                            ? keys.admin().disable(business, issued.details().id(), TestKeys.ACTOR)
                            : keys.admin().enable(business, issued.details().id(), TestKeys.ACTOR));
            taken.add(eventually(
                    SOON, () -> assertThat(statusOnSecond(issued.key())).isEqualTo(expected)));
        }
        Collections.sort(taken);
        return taken.get(98);
    }

    @Test
    void createdKeyIsKnownOnBothServersAndRevokedKeyOnNeither() {
        startSecond();
        Issued issued = keys.issue(business, KeyTier.SECRET);
        assertThat(first.get(WHOAMI, issued.key()).statusCode()).isEqualTo(200);
        assertThat(statusOnSecond(issued.key())).isEqualTo(200);

        KeyDetails revoked =
                await(keys.admin().revoke(business, issued.details().id(), TestKeys.ACTOR));
        Confirmation confirmation = await(keys.admin().confirm(revoked.version(), SOON));

        assertThat(confirmation.applied()).isEqualTo(2);
        assertThat(confirmation.live()).isEqualTo(2);
        HttpResponse<String> refused = second.get(WHOAMI, issued.key());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused).path("reason").asText()).isEqualTo("revoked");
        assertThat(first.get(WHOAMI, issued.key()).statusCode()).isEqualTo(401);
    }

    @Test
    void changeIsSeenWithinThreeSecondsWhenEveryNotificationIsDropped() throws Exception {
        proxy.dropNotifications(true);
        startSecond();

        within(PROMISED, () -> {
            Issued issued = keys.issue(business, KeyTier.SECRET);
            assertThat(statusOnSecond(issued.key())).isEqualTo(200);
            await(keys.admin().revoke(business, issued.details().id(), TestKeys.ACTOR));
            return eventually(
                    SOON, () -> assertThat(statusOnSecond(issued.key())).isEqualTo(401));
        });
    }

    @Test
    void halfOpenConnectionIsReplacedAndTheRevocationBehindItSeenWithinThreeSeconds() throws Exception {
        startSecond();

        within(PROMISED, () -> {
            Issued issued = keys.issue(business, KeyTier.SECRET);
            assertThat(statusOnSecond(issued.key())).isEqualTo(200);
            eventually(SOON, () -> assertThat(proxy.silentLinks()).isZero());
            // The link that loses the notification goes silent for good; new ones work again.
            proxy.blackHole(true);
            await(keys.admin().revoke(business, issued.details().id(), TestKeys.ACTOR));
            eventually(SOON, () -> assertThat(proxy.silentLinks()).isPositive());
            proxy.blackHole(false);
            return eventually(
                    SOON, () -> assertThat(statusOnSecond(issued.key())).isEqualTo(401));
        });
        eventually(SOON, () -> assertThat(second.metric("quotient_key_feed_reconnects_total"))
                .isGreaterThanOrEqualTo(1));
    }

    @Test
    void knownKeysPassWhileTheDatabaseIsAwayAndUnknownOnesAreNotCalledUnknown() {
        startSecond();
        Issued known = keys.issue(business, KeyTier.SECRET);
        Issued neverUsedHere = keys.issue(business, KeyTier.PUBLIC);
        assertThat(statusOnSecond(known.key())).isEqualTo(200);

        proxy.cut();

        assertThat(statusOnSecond(known.key())).isEqualTo(200);
        assertThat(statusOnSecond(neverUsedHere.key())).isEqualTo(200);
        HttpResponse<String> unknown = eventually(
                SOON,
                () -> second.get(WHOAMI, "sk_unknown0000000000000000000000"),
                response -> response.statusCode() == 503);
        assertThat(json(unknown).path("code").asText()).isEqualTo("UNAVAILABLE");
        assertThat(unknown.headers().firstValue("Retry-After")).isPresent();

        proxy.restore();
        eventually(SOON, () -> assertThat(statusOnSecond("sk_unknown0000000000000000000000"))
                .isEqualTo(401));
    }

    @Test
    void keysAreNoLongerTrustedWhenTheLeaseRunsOut() {
        startSecond("auth.leaseSecret", "2s");
        Issued secret = keys.issue(business, KeyTier.SECRET);
        Issued open = keys.issue(business, KeyTier.PUBLIC);
        eventually(SOON, () -> assertThat(statusOnSecond(secret.key())).isEqualTo(200));

        proxy.cut();

        eventually(SOON, () -> assertThat(statusOnSecond(secret.key())).isEqualTo(503));
        assertThat(statusOnSecond(open.key())).isEqualTo(200);
        proxy.restore();
        eventually(SOON, () -> assertThat(statusOnSecond(secret.key())).isEqualTo(200));
    }

    @Test
    void deletedKeyIsUnknown() {
        startSecond();
        Issued issued = keys.issue(business, KeyTier.SECRET);
        assertThat(statusOnSecond(issued.key())).isEqualTo(200);

        TestPostgres.execute(
                database, "DELETE FROM api_key WHERE id = '" + issued.details().id() + "'");

        eventually(SOON, () -> {
            HttpResponse<String> refused = second.get(WHOAMI, issued.key());
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(json(refused).has("reason")).isFalse();
        });
    }

    @Test
    void databaseRestoredFromAnOlderStateIsReadWhole() {
        startSecond();
        Issued kept = keys.issue(business, KeyTier.SECRET);
        Issued lost = keys.issue(business, KeyTier.SECRET);
        assertThat(statusOnSecond(lost.key())).isEqualTo(200);

        TestPostgres.execute(
                database,
                "BEGIN; ALTER TABLE api_key DISABLE TRIGGER USER; DELETE FROM api_key WHERE id = '"
                        + lost.details().id()
                        + "'; UPDATE key_version SET version = version - 1; ALTER TABLE api_key ENABLE TRIGGER USER;"
                        + " COMMIT");

        eventually(SOON, () -> assertThat(statusOnSecond(lost.key())).isEqualTo(401));
        assertThat(statusOnSecond(kept.key())).isEqualTo(200);
    }

    @Test
    void databaseRestoredFromAnOlderStateIsReadWholeThoughAsManyChangesWereMadeSince() throws Exception {
        startSecond();

        within(PROMISED, this::restoreAndChange);
    }

    private Duration restoreAndChange() {
        Issued revokedLater = keys.issue(business, KeyTier.SECRET);
        Issued lost = keys.issue(business, KeyTier.SECRET);
        for (Issued issued : List.of(revokedLater, lost)) {
            assertThat(statusOnFirst(issued.key())).isEqualTo(200);
            assertThat(statusOnSecond(issued.key())).isEqualTo(200);
        }

        // What the servers find when they hear of the database again: one change was lost, another one made.
        TestPostgres.execute(
                database,
                "BEGIN; ALTER TABLE api_key DISABLE TRIGGER USER; DELETE FROM api_key WHERE id = '"
                        + lost.details().id()
                        + "'; DELETE FROM key_history WHERE version = (SELECT version FROM key_version);"
                        + " UPDATE key_version SET version = version - 1; ALTER TABLE api_key ENABLE TRIGGER USER;"
                        + " UPDATE api_key SET status = 'revoked' WHERE id = '"
                        + revokedLater.details().id() + "'; COMMIT");

        return eventually(SOON, () -> {
            for (Issued issued : List.of(revokedLater, lost)) {
                assertThat(statusOnFirst(issued.key())).isEqualTo(401);
                assertThat(statusOnSecond(issued.key())).isEqualTo(401);
            }
        });
    }

    @Test
    void serverOfALostHistoryConfirmsNothing() {
        startSecond();
        Issued lost = keys.issue(business, KeyTier.SECRET);
        proxy.blackHole(true);
        KeyDetails lastSeen = lost.details();
        TestPostgres.execute(
                database,
                "BEGIN; DELETE FROM key_history WHERE version = " + lastSeen.version()
                        + "; UPDATE key_version SET version = version - 1; UPDATE api_key SET status = 'revoked' WHERE id = '"
                        + lastSeen.id() + "'; COMMIT");

        Confirmation confirmation = await(keys.admin().confirm(lastSeen.version(), Duration.ofSeconds(1)));

        assertThat(confirmation.live()).isEqualTo(2);
        assertThat(confirmation.applied()).isLessThan(2);
        proxy.blackHole(false);
        eventually(SOON, () -> assertThat(statusOnSecond(lost.key())).isEqualTo(401));
    }

    @Test
    void createdKeyIsAcceptedByEveryServerAtOnce() {
        startSecond();
        int late = 0;
        for (int i = 0; i < 20; i++) {
            Issued issued = await(keys.admin().create(business, KeySpec.of(KeyTier.SECRET, "new"), TestKeys.ACTOR));
            late += statusOnFirst(issued.key()) == 200 && statusOnSecond(issued.key()) == 200 ? 0 : 1;
        }
        // It is returned after a second whether or not every server knows it, and the machine may stand still for one.
        assertThat(late).isLessThanOrEqualTo(2);
    }

    @Test
    void databaseThatAnswersSlowlyKeepsKeysValidAndChangesComing() {
        startSecond("auth.leaseSecret", "12s", "auth.leasePublic", "12s");
        Issued kept = keys.issue(business, KeyTier.SECRET);
        Issued revoked = keys.issue(business, KeyTier.SECRET);
        proxy.latency(Duration.ofMillis(1600));
        long slowSince = System.nanoTime();

        await(keys.admin().revoke(business, revoked.details().id(), TestKeys.ACTOR));

        eventually(SOON, () -> assertThat(statusOnSecond(revoked.key())).isEqualTo(401));
        // Longer than the lease.
        while (System.nanoTime() - slowSince < Duration.ofSeconds(15).toNanos()) {
            assertThat(statusOnSecond(kept.key())).isEqualTo(200);
        }
        proxy.latency(Duration.ZERO);
    }

    @Test
    void serverGetsInStepWithADatabaseThatHasBeenSlowFromTheStart() {
        Issued issued = keys.issue(business, KeyTier.SECRET);
        startSecond("auth.leaseSecret", "12s");
        proxy.latency(Duration.ofMillis(1300));
        proxy.cut();
        proxy.restore();

        eventually(SOON, () -> assertThat(second.metric("quotient_key_table_in_step"))
                .isEqualTo(1));
        assertThat(statusOnSecond(issued.key())).isEqualTo(200);
        proxy.latency(Duration.ZERO);
    }

    @Test
    void renamedBusinessIsSeenByItsKeys() {
        Issued issued = keys.issue(business, KeyTier.SECRET);

        TestPostgres.execute(database, "UPDATE business SET name = 'Renamed' WHERE id = '" + business + "'");

        eventually(SOON, () -> assertThat(json(first.get(WHOAMI, issued.key()))
                        .path("businessName")
                        .asText())
                .isEqualTo("Renamed"));
    }

    @Test
    void manyKeysChangedAtOnceChangeOnEveryServer() {
        int many = 12_000;
        TestPostgres.execute(database, """
                INSERT INTO api_key (id, business_id, tier, name, hash, prefix, suffix, scopes, allowed_origins, version)
                SELECT 'key_many' || i, '%s', 'pk', 'Many ' || i, sha256(('pk_' || lpad(i::text, 20, '0'))::bytea),
                       'pk_00000', lpad(i::text, 4, '0'), '{ALL}', ARRAY['shop' || i || '.example.com'], 0
                FROM generate_series(1, %d) AS i
                """.formatted(business, many));
        List<String> some = List.of(numbered(1), numbered(many / 2), numbered(many));
        startSecond();
        for (String key : some) {
            eventually(SOON, () -> assertThat(statusOnFirst(key)).isEqualTo(403));
            assertThat(statusOnFirst(key, "Origin", "https://shop" + number(key) + ".example.com"))
                    .isEqualTo(200);
            assertThat(statusOnSecond(key)).isEqualTo(403);
        }

        TestPostgres.execute(database, "UPDATE api_key SET status = 'disabled'");

        for (String key : some) {
            eventually(SOON, () -> assertThat(statusOnFirst(key)).isEqualTo(401));
            eventually(SOON, () -> assertThat(statusOnSecond(key)).isEqualTo(401));
        }
    }

    private int statusOnFirst(String key, String... headers) {
        return first.get(WHOAMI, key, headers).statusCode();
    }

    private static String numbered(int number) {
        return "pk_" + String.format(Locale.ROOT, "%020d", number);
    }

    private static int number(String key) {
        return Integer.parseInt(key.substring(3));
    }

    @Test
    void stoppedServerNoLongerSharesTheRateLimit() {
        startSecond();

        second.close();
        second = null;

        eventually(SOON, () -> assertThat(first.metric("quotient_pods")).isEqualTo(1));
    }
}
