package com.quotient.http;

import com.quotient.address.ClientAddress;
import com.quotient.config.MemorySize;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one kind that all requests together may hold. Within it no business may hold more than a share, callers that
 * are not known yet count together as one business, and no client address may hold more than a smaller share. What does
 * not fit is refused before it is read or made. Thread-safe.
 */
public final class Budget {
    private static final String UNKNOWN_CALLERS = "";
    private static final int RETRY_AFTER_SECONDS = 1;

    private final Kind kind;
    private final long limit;
    private final long businessLimit;
    private final long addressLimit;
    private final AtomicLong used = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    /** By business id or network. Who holds nothing is not in it, so the budget bounds it, too. */
    private final ConcurrentHashMap<String, Long> held = new ConcurrentHashMap<>();

    /** What is held. */
    public enum Kind {
        /** Heads of requests that have not come whole. */
        HEADS,
        /** Bodies of requests, from their admission to the end of the response. */
        BODIES,
        /** Complete answers that the client has not taken yet. */
        ANSWERS,
        /** Rows that are read from the database, and streams made of them. */
        ROWS;

        /** Its name in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The shares are parts from 0 to 1, but never less than {@code minShareBytes}, which one request may need. */
    Budget(Kind kind, MemorySize limit, double businessShare, double addressShare, long minShareBytes) {
        this.kind = kind;
        this.limit = limit.bytes();
        this.businessLimit = Math.max((long) (this.limit * businessShare), minShareBytes);
        this.addressLimit = Math.max((long) (this.limit * addressShare), minShareBytes);
    }

    public Kind kind() {
        return kind;
    }

    public long limit() {
        return limit;
    }

    public long used() {
        return used.get();
    }

    /** Reservations that did not fit. */
    public long refused() {
        return refused.sum();
    }

    /** Nothing yet, for a business, or null while the caller is not known, at an address. */
    Reservation reservation(@Nullable String businessId, String clientAddress) {
        return new Reservation(businessId == null ? UNKNOWN_CALLERS : businessId, ClientAddress.network(clientAddress));
    }

    private boolean take(String business, String network, long bytes) {
        long all = used.addAndGet(bytes);
        long ofBusiness = held.merge(business, bytes, Long::sum);
        long ofNetwork = held.merge(network, bytes, Long::sum);
        if (all <= limit && ofBusiness <= businessLimit && ofNetwork <= addressLimit) {
            return true;
        }
        give(business, network, bytes);
        refused.increment();
        return false;
    }

    private void give(String business, String network, long bytes) {
        used.addAndGet(-bytes);
        held.computeIfPresent(business, (key, all) -> all == bytes ? null : all - bytes);
        held.computeIfPresent(network, (key, all) -> all == bytes ? null : all - bytes);
    }

    /** What one request holds of this budget. Used by the event loop of the request. */
    final class Reservation {
        private final String business;
        private final String network;
        private long bytes;

        private Reservation(String business, String network) {
            this.business = business;
            this.network = network;
        }

        /** Takes more, or nothing and returns false. */
        boolean grow(long more) {
            boolean fits = take(business, network, more);
            bytes += fits ? more : 0;
            return fits;
        }

        /** Takes what is missing to so many bytes, or nothing and returns false. */
        boolean growTo(long all) {
            return all <= bytes || grow(all - bytes);
        }

        /**
         * Takes more.
         *
         * @throws ProblemException 503 when it does not fit
         */
        void require(long more) {
            if (!grow(more)) {
                throw overloaded();
            }
        }

        /** Gives back all but so many bytes. */
        void shrinkTo(long rest) {
            if (rest < bytes) {
                give(business, network, bytes - rest);
                bytes = rest;
            }
        }
    }

    static ProblemException overloaded() {
        return Problem.of(
                        ProblemType.OVERLOADED,
                        "The server holds as much for other requests as its memory allows; try again shortly.")
                .retryAfter(RETRY_AFTER_SECONDS)
                .exception();
    }
}
