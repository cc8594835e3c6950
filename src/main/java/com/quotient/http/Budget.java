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
 * A limit for the bytes of one kind that all requests together hold. Each business has a share of it, and each client
 * address a smaller one. Callers that are not authenticated yet count as one business. What does not fit is refused
 * before it is read or built. Thread-safe.
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

    /** By business id or network, without entries that hold nothing, so the budget bounds its size. */
    private final ConcurrentHashMap<String, Long> held = new ConcurrentHashMap<>();

    /** The kind of memory. */
    public enum Kind {
        /** Incomplete request heads. */
        HEADS,
        /** Request bodies, from admission to the end of the response. */
        BODIES,
        /** Complete answers that the client has not read yet. */
        ANSWERS,
        /** Rows read from the database, and the streams made of them. */
        ROWS;

        /** Its name in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The shares are fractions from 0 to 1, but at least {@code minShareBytes}, which one request may need. */
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

    /** The businesses and networks that hold something. */
    int holders() {
        return held.size();
    }

    /** Reservations that did not fit. */
    public long refused() {
        return refused.sum();
    }

    /** An empty reservation for a business, or null while the caller is not authenticated, and a client address. */
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

    /** The part of this budget that one request holds. Used by the event loop of the request. */
    final class Reservation {
        private final String business;
        private final String network;
        private long bytes;

        private Reservation(String business, String network) {
            this.business = business;
            this.network = network;
        }

        /** Reserves more bytes, or none and returns false. */
        boolean grow(long more) {
            boolean fits = take(business, network, more);
            bytes += fits ? more : 0;
            return fits;
        }

        /** Grows the reservation to at least this size, or leaves it and returns false. */
        boolean growTo(long all) {
            return all <= bytes || grow(all - bytes);
        }

        /**
         * Reserves more bytes.
         *
         * @throws ProblemException 503 if they do not fit
         */
        void require(long more) {
            if (!grow(more)) {
                throw overloaded();
            }
        }

        /** Releases all but {@code rest} bytes. */
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
