package com.quotient.keys;

import com.quotient.address.IpRules;
import com.quotient.origin.OriginRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as validation sees it, with nothing left to parse. Immutable.
 *
 * @param scopes the names as stored, which may include {@code ALL}
 * @param scopeBits the effective scopes, see {@link Scope#bits}
 * @param expiresAtMillis milliseconds since 1970 by the database's clock, or {@link #NEVER}
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
        KeyStatus status) {

    /** The value for a key without expiry. */
    public static final long NEVER = Long.MAX_VALUE;

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
