package com.quotient.keys;

import com.quotient.address.IpRules;
import com.quotient.origin.OriginRules;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as validation sees it, with nothing left to parse. Immutable.
 *
 * @param scopes the names as stored, which may include {@code ALL}
 * @param scopeBits the effective scopes, see {@link Scope#bits}
 * @param expiresAtMillis milliseconds since 1970 by the database's clock, or {@link #NEVER}
 * @param trial restrictions on trial, or null if there are none
 */
public record KeyRecord(
        KeyHash hash,
        String id,
        String businessId,
        String businessName,
        KeyTier tier,
        String name,
        List<String> scopes,
        int scopeBits,
        OriginRules origins,
        boolean allowMissingOrigin,
        IpRules ips,
        @Nullable RateLimit rateLimit,
        long expiresAtMillis,
        KeyStatus status,
        @Nullable Trial trial) {

    /** The value for a key without expiry. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * A trial of restrictions.
     *
     * @param since when it began, which tells it from others of the key
     * @param proposed the key as it would be
     */
    public record Trial(Instant since, KeyRecord proposed) {}

    /**
     * This key with restrictions on trial.
     *
     * @throws IllegalArgumentException if one of them cannot be read
     */
    KeyRecord trying(KeyTrial tried) {
        KeyRecord proposed = with(
                tried.scopes() == null ? scopes : tried.scopes(),
                tried.allowedOrigins() == null ? origins : OriginRules.of(tried.allowedOrigins()),
                tried.allowMissingOrigin() == null ? allowMissingOrigin : tried.allowMissingOrigin(),
                tried.allowedIps() == null ? ips : IpRules.of(tried.allowedIps()),
                null);
        return with(scopes, origins, allowMissingOrigin, ips, new Trial(tried.since(), proposed));
    }

    private KeyRecord with(
            List<String> ownScopes,
            OriginRules ownOrigins,
            boolean ownAllowMissingOrigin,
            IpRules ownIps,
            @Nullable Trial ownTrial) {
        return new KeyRecord(
                hash,
                id,
                businessId,
                businessName,
                tier,
                name,
                ownScopes,
                Scope.bits(Scope.effective(tier, ownScopes)),
                ownOrigins,
                ownAllowMissingOrigin,
                ownIps,
                rateLimit,
                expiresAtMillis,
                status,
                ownTrial);
    }

    public boolean isExpired(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }

    public boolean holds(Scope scope) {
        return (scopeBits & scope.bit()) != 0;
    }

    public List<Scope> effectiveScopes() {
        return Scope.effective(tier, scopes);
    }
}
