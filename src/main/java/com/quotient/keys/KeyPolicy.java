package com.quotient.keys;

import com.quotient.time.Times;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a business demands of its keys. It decides when an expiry is set, so existing keys stay as they are.
 *
 * @param maxLifetimeDays how many days ahead an expiry may lie, or null for no limit
 */
public record KeyPolicy(@Nullable Integer maxLifetimeDays) {
    /** The longest maximum. */
    public static final int MAX_DAYS = 3650;

    static final KeyPolicy NONE = new KeyPolicy(null);

    /**
     * Validates the maximum.
     *
     * @throws IllegalArgumentException with a sentence if it is out of bounds
     */
    public KeyPolicy {
        if (maxLifetimeDays != null && (maxLifetimeDays < 1 || maxLifetimeDays > MAX_DAYS)) {
            throw new IllegalArgumentException("The maximum lifetime of keys is 1 to " + MAX_DAYS + " days, or none.");
        }
    }

    /** The latest expiry that may be set now, or null for no limit. */
    public @Nullable Instant latestExpiry(Instant now) {
        return maxLifetimeDays == null ? null : now.plus(Duration.ofDays(maxLifetimeDays));
    }

    /** The given expiry, or the latest that may be set now if that is earlier. */
    public @Nullable Instant capped(@Nullable Instant expiresAt, Instant now) {
        return allows(expiresAt, now) ? expiresAt : latestExpiry(now);
    }

    /**
     * Checks an expiry that is to be set.
     *
     * @throws ExpiryNotAllowed if it is too late, or null though there is a limit
     */
    public void check(@Nullable Instant expiresAt, Instant now) {
        Instant latest = latestExpiry(now);
        if (latest != null && !allows(expiresAt, now)) {
            throw new ExpiryNotAllowed("The policy of this business lets keys live at most " + days()
                    + "; set an expiry no later than " + Times.format(latest) + ".");
        }
    }

    /** The maximum as text, such as "90 days" or "no limit". */
    public String days() {
        return maxLifetimeDays == null ? "no limit" : maxLifetimeDays + (maxLifetimeDays == 1 ? " day" : " days");
    }

    /** Whether an expiry may be set; null is none. */
    public boolean allows(@Nullable Instant expiresAt, Instant now) {
        Instant latest = latestExpiry(now);
        return latest == null || expiresAt != null && !expiresAt.isAfter(latest);
    }
}
