package com.quotient.http;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What one connection holds of {@code budget.heads} for a head that has not come whole. Used by its event loop. */
final class HeldHead {
    private static final String UNKNOWN_ADDRESS = "0.0.0.0";

    /** So much is not counted: nearly every head comes at once, and a connection has room for it. */
    private static final int PROMPT_BYTES = 8 * 1024;

    private final Budget heads;
    private Budget.@Nullable Reservation reservation;

    HeldHead(Budget heads) {
        this.heads = heads;
    }

    /** Whether there is room for so many bytes in all. */
    boolean hold(Channel channel, long bytes) {
        if (bytes <= PROMPT_BYTES) {
            return true;
        }
        if (reservation == null) {
            reservation = heads.reservation(null, address(channel));
        }
        return reservation.growTo(bytes);
    }

    void giveBack() {
        if (reservation != null) {
            reservation.shrinkTo(0);
            reservation = null;
        }
    }

    private static String address(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? peer.getAddress().getHostAddress()
                : UNKNOWN_ADDRESS;
    }
}
