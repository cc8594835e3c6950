package com.quotient.http;

import com.quotient.address.ClientAddress;
import com.quotient.config.HttpConfig;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Limits the open connections of each client address. There is no limit behind trusted proxies, since sockets then have
 * only the addresses of the proxies. Thread-safe.
 */
final class AddressLimit {
    /** 0 for no limit. */
    private final int maxConnections;

    private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();

    AddressLimit(HttpConfig config) {
        this.maxConnections = config.trustedProxies() > 0 ? 0 : config.maxConnectionsPerAddress();
    }

    /** Counts a connection until it is closed; false if its client has reached the limit. */
    boolean admit(Channel channel) {
        String network = maxConnections == 0 ? null : network(channel);
        if (network == null) {
            return true;
        }
        if (open.merge(network, 1, Integer::sum) > maxConnections) {
            forget(network);
            return false;
        }
        channel.closeFuture().addListener(closed -> forget(network));
        return true;
    }

    /** What counts as one client: an IPv4 address or an IPv6 /64 network; null for a socket without an address. */
    static @Nullable String network(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? ClientAddress.network(ClientAddress.of(peer.getAddress().getHostAddress(), List.of(), 0))
                : null;
    }

    private void forget(String network) {
        open.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
    }
}
