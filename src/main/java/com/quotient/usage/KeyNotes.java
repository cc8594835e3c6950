package com.quotient.usage;

import com.quotient.usage.UsageBatch.Incident;
import com.quotient.usage.UsageBatch.KeyUse;
import com.quotient.usage.UsageBatch.Tried;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The uses of one key that one event loop has counted since the last hand-over. Used by that event loop only. */
public final class KeyNotes {
    /** Maximum kinds of refusals, and of callers, per key that are counted separately until they are handed over. */
    private static final int MAX_KINDS = 16;

    private static final int OUTCOMES = UseOutcome.values().length;

    private final UsageNotes owner;
    private final String keyId;
    private final String businessId;
    /** The common case has a field of its own, since the cost of a request is the memory it touches. */
    private long ok;

    private long @Nullable [] others;
    private boolean pending;
    private boolean urgent;
    /** Whether the callers are due now and then. */
    private boolean called;

    private boolean callersDue;

    private long lastUsedMillis;
    private @Nullable Incident incident;
    private @Nullable KindCounters callers;
    private @Nullable KindCounters refused;
    private @Nullable Tried tried;

    KeyNotes(UsageNotes owner, String keyId, String businessId) {
        this.owner = owner;
        this.keyId = keyId;
        this.businessId = businessId;
    }

    /**
     * A request with this key was accepted.
     *
     * @param route method and path of the route
     */
    public void used(@Nullable String origin, String route, @Nullable CharSequence userAgent, long nowMillis) {
        lastUsedMillis = nowMillis;
        callers = callers == null ? new KindCounters() : callers;
        if (!called) {
            called = true;
            owner.called(this);
        }
        // The first kind of each key has room anyway: their number is that of the keys in use.
        int before = further(callers);
        int max = callers.size() == 0 || owner.hasRoomForCallers() ? MAX_KINDS : 0;
        callers.count(
                owner.family(userAgent).label(), origin == null ? "" : Kinds.bounded(origin), route, nowMillis, max);
        owner.callersChanged(further(callers) - before);
        enlist();
    }

    /** A request with this key ended. */
    public void ended(UseOutcome outcome) {
        if (outcome == UseOutcome.OK) {
            ok++;
        } else {
            others = others == null ? new long[OUTCOMES] : others;
            others[outcome.ordinal()]++;
        }
        enlist();
    }

    /**
     * A request with this key was refused.
     *
     * @param reason a word from a closed list
     * @param subject what was refused about it, such as an origin, or empty
     * @param route method and path of the route
     */
    public void refused(UseOutcome outcome, String reason, String subject, String route, long nowMillis) {
        ended(outcome);
        refused = refused == null ? new KindCounters() : refused;
        count(refused, reason, subject, route, nowMillis);
        enlistUrgent();
    }

    /**
     * As {@link #refused}, for an accepted request that restrictions on trial would have refused.
     *
     * @param since when that trial began; what an earlier one would have refused is forgotten
     */
    public void wouldBeRefused(Instant since, String reason, String subject, String route, long nowMillis) {
        if (tried == null || !tried.since().equals(since)) {
            owner.kindsChanged(tried == null ? 0 : -further(tried.counts()));
            tried = new Tried(since, new KindCounters());
        }
        count(tried.counts(), reason, subject, route, nowMillis);
        enlistUrgent();
    }

    private void count(KindCounters counters, String reason, String subject, String route, long nowMillis) {
        int before = further(counters);
        // The first kind of each key has room anyway, so that a flood of refusals of others hides nothing.
        int max = counters.size() == 0 || owner.hasRoomForKinds() ? MAX_KINDS : 0;
        counters.count(reason, Kinds.bounded(subject), route, nowMillis, max);
        owner.kindsChanged(further(counters) - before);
    }

    /** A browser presented this private key; the audit records that. */
    public void seenInBrowser(String address, @Nullable String origin) {
        incident = new Incident(incident == null ? 1 : incident.count() + 1, address, origin);
        enlistUrgent();
    }

    /** What was counted since it was last taken, or null if nothing was. */
    @Nullable
    KeyUse take() {
        pending = false;
        return counted();
    }

    /** As {@link #take}, for a key that stays enlisted. */
    @Nullable
    KeyUse takeUrgent() {
        urgent = false;
        return counted();
    }

    /** The callers go with the next {@link #take}. Returns false if there are none, and forgets the known ones. */
    boolean callersDue() {
        if (callers == null || !callers.isCounted()) {
            owner.callersChanged(-further(callers));
            callers = null;
            called = false;
            return false;
        }
        callersDue = true;
        enlist();
        return true;
    }

    private @Nullable KeyUse counted() {
        Kinds calls = takeCallers();
        if (ok == 0 && others == null && calls == null && incident == null && refused == null && tried == null) {
            return null;
        }
        long[] counts = others == null ? new long[OUTCOMES] : others;
        counts[UseOutcome.OK.ordinal()] = ok;
        KeyUse use = new KeyUse(keyId, businessId, lastUsedMillis, counts, incident, calls, refused, tried);
        owner.kindsChanged(-further(refused) - further(tried == null ? null : tried.counts()));
        lastUsedMillis = 0;
        ok = 0;
        others = null;
        incident = null;
        refused = null;
        tried = null;
        return use;
    }

    private @Nullable Kinds takeCallers() {
        if (callers == null || !callersDue && !callers.hasNewKind()) {
            return null;
        }
        callersDue = false;
        int before = further(callers);
        Kinds taken = callers.take();
        owner.callersChanged(further(callers) - before);
        return taken;
    }

    /** How many kinds are counted beside the first. */
    private static int further(@Nullable KindCounters counters) {
        return counters == null ? 0 : Math.max(0, counters.size() - 1);
    }

    private void enlist() {
        if (!pending) {
            pending = true;
            owner.enlist(this);
        }
    }

    private void enlistUrgent() {
        enlist();
        if (!urgent && owner.hasRoomForUrgent()) {
            urgent = true;
            owner.enlistUrgent(this);
        }
    }
}
