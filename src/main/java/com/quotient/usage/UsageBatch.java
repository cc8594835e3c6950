package com.quotient.usage;

import com.quotient.bus.LocalMessage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hand-over of one event loop to the {@link UsageVerticle}. */
public record UsageBatch(List<KeyUse> uses) implements LocalMessage {
    /** The address of batches. An empty reply acknowledges one. */
    public static final String ADDRESS = "usage.notes";

    /** The address where all event loops are asked to hand over what they have counted; the message has no body. */
    public static final String COLLECT = "usage.collect";

    /**
     * The uses of one key.
     *
     * @param lastUsedMillis milliseconds since 1970, or 0 if no request was accepted
     * @param counts by the ordinal of {@link UseOutcome}; like the others, not modified after the hand-over
     * @param callers accepted requests by agent family, origin and route
     * @param refused refused requests by reason, subject and route
     * @param tried accepted requests that restrictions on trial would have refused, likewise
     */
    @SuppressWarnings("ArrayRecordComponent")
    record KeyUse(
            String keyId,
            String businessId,
            long lastUsedMillis,
            long[] counts,
            @Nullable Incident incident,
            @Nullable Kinds callers,
            @Nullable Kinds refused,
            @Nullable Tried tried) {}

    /**
     * What restrictions on trial would have refused.
     *
     * @param since when that trial began
     */
    record Tried(Instant since, KindCounters counts) {}

    /** Uses of a private key in a browser: how often, and the source of the last one. */
    record Incident(long count, String address, @Nullable String origin) {
        Incident plus(@Nullable Incident later) {
            return later == null ? this : new Incident(count + later.count, later.address, later.origin);
        }
    }

    public boolean isEmpty() {
        return uses.isEmpty();
    }
}
