package com.quotient.keys;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.auth.ApiKeyProvider;
import com.quotient.auth.Caller;
import com.quotient.auth.RateLimits;
import com.quotient.auth.ValidationStats;
import com.quotient.bus.LocalCodec;
import com.quotient.config.Settings;
import com.quotient.keys.KeyMessages.FindKey;
import com.quotient.keys.KeyMessages.FoundKey;
import com.quotient.keys.KeyMessages.KeysChanged;
import com.quotient.testing.Eventually;
import com.quotient.testing.TestKeys;
import com.quotient.usage.UsageNotes;
import io.vertx.core.Vertx;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.junit5.VertxExtension;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an event loop remembers of a key while the table of keys changes. */
@ExtendWith(VertxExtension.class)
class RememberedKeyTest {
    private final String key = KeyFormat.issue(KeyTier.PUBLIC, new SecureRandom());
    private final KeyLease lease = new KeyLease(Settings.defaults().config().auth(), System::nanoTime);
    private final AtomicInteger asked = new AtomicInteger();
    private Vertx vertx;
    private ApiKeyProvider provider;
    private volatile KeyStatus status = KeyStatus.ACTIVE;

    @BeforeEach
    void start(Vertx vertx) {
        this.vertx = vertx;
        provider = new ApiKeyProvider(
                vertx.eventBus(),
                new KeyFilter(),
                lease,
                new RateLimits(System::nanoTime, () -> 1),
                new UsageNotes(),
                new ValidationStats(),
                10);
        LocalCodec.register(vertx.eventBus());
        await(vertx.eventBus()
                .<FindKey>localConsumer(KeyMessages.FIND, message -> {
                    asked.incrementAndGet();
                    message.reply(new FoundKey(TestKeys.record(message.body().hash(), "key_1", status)));
                })
                .completion());
        lease.confirm(System.nanoTime());
        await(provider.start());
        assertThat(statusSeen()).isEqualTo(KeyStatus.ACTIVE);
    }

    @Test
    void keyIsAskedForOnceWhileNothingChanges() {
        assertThat(statusSeen()).isEqualTo(KeyStatus.ACTIVE);
        assertThat(asked).hasValue(1);
    }

    @Test
    void keyIsNotTrustedWhileTheChangeThatRevokedItIsOnItsWay() {
        status = KeyStatus.REVOKED;
        lease.changed();

        assertThat(statusSeen()).isEqualTo(KeyStatus.REVOKED);
    }

    @Test
    void keyIsRememberedAgainOnceTheChangeWasHeard() {
        long changes = lease.changed();
        vertx.eventBus().publish(KeyMessages.CHANGED, new KeysChanged(List.of(), changes));

        Eventually.eventually(Duration.ofSeconds(60), () -> {
            int before = asked.get();
            statusSeen();
            assertThat(asked).hasValue(before);
        });
    }

    private KeyStatus statusSeen() {
        Caller caller = (Caller) await(provider.authenticate(new TokenCredentials(key)));
        return caller.key().status();
    }
}
