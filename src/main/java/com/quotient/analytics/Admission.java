package com.quotient.analytics;

import com.quotient.analytics.IngestMessages.Store;
import com.quotient.config.IngestConfig;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the queue of events: a maximum of events and of bytes, and a share of both per business. Used by one thread.
 */
final class Admission {
    private static final Load NOTHING = new Load(0, 0);

    private final Load limit;
    private final Load share;
    private final Map<String, Load> businesses = new HashMap<>();
    private Load total = NOTHING;

    private record Load(int events, long bytes) {
        Load plus(Store request) {
            return new Load(events + request.events().size(), bytes + request.bytes());
        }

        Load minus(Store request) {
            return new Load(events - request.events().size(), bytes - request.bytes());
        }

        boolean fits(Load limit) {
            return events <= limit.events && bytes <= limit.bytes;
        }
    }

    Admission(IngestConfig config) {
        limit = new Load(config.maxQueuedEvents(), config.maxQueuedBytes().bytes());
        share = new Load(
                (int) (limit.events() * config.maxBusinessShare()), (long) (limit.bytes() * config.maxBusinessShare()));
    }

    /** Admits the request, or returns false if there is no room. */
    boolean admit(Store request) {
        Load after = total.plus(request);
        Load ofBusiness = businesses.getOrDefault(request.businessId(), NOTHING).plus(request);
        if (!after.fits(limit) || !ofBusiness.fits(share)) {
            return false;
        }
        total = after;
        businesses.put(request.businessId(), ofBusiness);
        return true;
    }

    /** Removes an admitted request. */
    void release(Store request) {
        total = total.minus(request);
        businesses.computeIfPresent(request.businessId(), (id, load) -> {
            Load left = load.minus(request);
            return left.events == 0 ? null : left;
        });
    }

    int events() {
        return total.events;
    }

    long bytes() {
        return total.bytes;
    }
}
