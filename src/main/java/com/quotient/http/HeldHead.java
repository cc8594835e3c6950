package com.quotient.http;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The part of {@code budget.heads} that one connection holds for an incomplete head. Used by its event loop. */
final class HeldHead {
    private static final String UNKNOWN_ADDRESS = "0.0.0.0";

    /**
     * Heads up to this size are not counted: nearly every head arrives at once, and fits the memory reserved per
     * connection.
     */
    private static final int PROMPT_BYTES = 8 * 1024;

    private final Budget heads;
    private Budget.@Nullable Reservation reservation;

    HeldHead(Budget heads) {
        this.heads = heads;
    }

    /** Grows the reservation to {@code bytes}; false if there is no room. */
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
