package com.quotient.blog;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers on one database. The second is behind a proxy and receives changes only through its feed. */
class BlogServersTest {
    private static final String TAGS = "/api/v0/blog/tags";
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String database = TestServer.migratedDatabase();
    private final FaultProxy proxy = new FaultProxy(database);
    private TestServer first;
    private @Nullable TestServer second;
    private String secret;
    private String open;

    @BeforeEach
    void start() {
        first = TestServer.on(database);
        TestKeys keys = new TestKeys(first);
        String business = keys.business();
        secret = keys.issue(business, KeyTier.SECRET).key();
        open = keys.publicKey(business);
    }

    @AfterEach
    void stop() {
        first.close();
        if (second != null) {
            second.close();
        }
        proxy.close();
    }

    @Test
    void changesOfOneServerAreSeenOnTheOther() {
        // Changes are asked for so rarely that only the notification can be in time.
        TestServer second = startSecond("1m");
        for (int i = 1; i <= 5; i++) {
            assertThat(tags(second)).isEqualTo(i - 1);
            addTag(first, "tag " + i);
            assertThat(tags(first)).isEqualTo(i);
            int expected = i;
            eventually(SOON, () -> assertThat(tags(second)).isEqualTo(expected));
        }
        addTag(second, "the other way");
        eventually(SOON, () -> assertThat(tags(first)).isEqualTo(6));
    }

    @Test
    void changesAreSeenWhenTheirNotificationIsLost() {
        TestServer second = startSecond("1s");
        assertThat(tags(second)).isZero();
        proxy.dropNotifications(true);

        addTag(first, "a");

        eventually(SOON, () -> assertThat(tags(second)).isEqualTo(1));
    }

    @Test
    void changesAreSeenAfterALinkThatWasCut() {
        TestServer second = startSecond("1s");
        assertThat(tags(second)).isZero();
        proxy.cut();
        addTag(first, "a");
        proxy.restore();

        eventually(SOON, () -> assertThat(tags(second)).isEqualTo(1));
        addTag(first, "b");
        eventually(SOON, () -> assertThat(tags(second)).isEqualTo(2));
    }

    private TestServer startSecond(String pollInterval) {
        second = TestServer.on(
                proxy.url(database.substring(database.lastIndexOf('/') + 1)), "keyFeed.pollInterval", pollInterval);
        return second;
    }

    private void addTag(TestServer server, String name) {
        assertThat(server.post(TAGS, secret, "{\"name\":\"" + name + "\"}").statusCode())
                .isEqualTo(200);
    }

    private int tags(TestServer server) {
        var response = server.get(TAGS, open);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("tags").size();
    }
}
