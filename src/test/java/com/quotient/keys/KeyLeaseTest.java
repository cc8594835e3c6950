package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.config.Settings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyLeaseTest {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final KeyLease lease = new KeyLease(
            Settings.defaults()
                    .with("auth.leaseSecret", "60s")
                    .with("auth.leasePublic", "120s")
                    .config()
                    .auth(),
            nanos::get);

    @Test
    void noKeyIsTrustedBeforeTheTableIsInStep() {
        assertThat(lease.covers(KeyTier.SECRET)).isFalse();
        assertThat(lease.covers(KeyTier.PUBLIC)).isFalse();
        assertThat(lease.ageSeconds()).isInfinite();
    }

    @Test
    void keyIsTrustedForTheLeaseOfItsTierAndNotLonger() {
        lease.confirm(nanos.get());

        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(lease.covers(KeyTier.SECRET)).isTrue();
        assertThat(lease.ageSeconds()).isEqualTo(60);
        nanos.addAndGet(1);
        assertThat(lease.covers(KeyTier.SECRET)).isFalse();
        assertThat(lease.covers(KeyTier.PUBLIC)).isTrue();
        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(lease.covers(KeyTier.PUBLIC)).isFalse();
    }

    @Test
    void leaseBeginsWhenTheTableWasKnownToBeInStep() {
        lease.confirm(nanos.get() - Duration.ofSeconds(59).toNanos());
        assertThat(lease.covers(KeyTier.SECRET)).isTrue();

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(lease.covers(KeyTier.SECRET)).isFalse();

        lease.confirm(nanos.get());
        assertThat(lease.covers(KeyTier.SECRET)).isTrue();
    }

    @Test
    void everyChangeOfTheTableCounts() {
        assertThat(lease.changes()).isZero();
        assertThat(lease.changed()).isEqualTo(1);
        assertThat(lease.changed()).isEqualTo(2);
        assertThat(lease.changes()).isEqualTo(2);
    }
}
