package com.quotient.http;

import com.quotient.address.ClientAddress;
import com.quotient.config.HttpConfig;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

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
        if (maxConnections == 0 || !(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            return true;
        }
        String network =
                ClientAddress.network(ClientAddress.of(peer.getAddress().getHostAddress(), List.of(), 0));
        if (open.merge(network, 1, Integer::sum) > maxConnections) {
            forget(network);
            return false;
        }
        channel.closeFuture().addListener(closed -> forget(network));
        return true;
    }

    private void forget(String network) {
        open.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
    }
}
