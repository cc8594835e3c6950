package com.quotient.http;

import com.quotient.config.HttpConfig;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the TLS handshakes of each second, since each takes milliseconds of an event loop that others wait for. The
 * last eighth of a second's handshakes is for addresses without one in that second. Thread-safe.
 */
final class HandshakeLimit {
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final int KEPT_FOR_OTHERS = 8;

    private final int max;
    /** 0 for no limit. */
    private final int maxPerAddress;
    /** The handshakes that began in this window, by network: at most {@link #max}. */
    private final Map<String, Integer> byNetwork = new HashMap<>();

    private long windowStart;
    private int begun;

    HandshakeLimit(HttpConfig config, long nowNanos) {
        this.max = config.maxHandshakes();
        this.maxPerAddress = config.trustedProxies() > 0 ? 0 : config.maxHandshakesPerAddress();
        this.windowStart = nowNanos;
    }

    /** Counts a handshake; false if it must not begin. */
    boolean admit(Channel channel, long nowNanos) {
        return admit(maxPerAddress == 0 ? null : AddressLimit.network(channel), nowNanos);
    }

    /** As above; {@code network} is null for a client without a limit of its own. */
    synchronized boolean admit(@Nullable String network, long nowNanos) {
        if (nowNanos - windowStart >= WINDOW_NANOS) {
            windowStart = nowNanos;
            begun = 0;
            byNetwork.clear();
        }
        int own = network == null ? 0 : byNetwork.getOrDefault(network, 0);
        int room = own == 0 ? max : max - max / KEPT_FOR_OTHERS;
        if (begun >= room || network != null && own >= maxPerAddress) {
            return false;
        }
        begun++;
        if (network != null) {
            byNetwork.put(network, own + 1);
        }
        return true;
    }
}
