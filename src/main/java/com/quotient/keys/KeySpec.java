package com.quotient.keys;

import com.quotient.address.IpRules;
import com.quotient.origin.OriginRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator decides about a key. Always valid: every list is canonical, and every rule compiles.
 *
 * @param name 1 to 200 characters
 * @param description at most 2,000 characters
 * @param scopes canonical names, see {@link Scope#canonical}
 * @param allowedOrigins for public keys, see {@link OriginRules}; empty for any
 * @param allowMissingOrigin for public keys: whether a request without an {@code Origin} header passes
 * @param allowedIps for private keys, see {@link IpRules}; empty for any
 */
public record KeySpec(
        KeyTier tier,
        String name,
        @Nullable String description,
        List<String> scopes,
        List<String> allowedOrigins,
        boolean allowMissingOrigin,
        List<String> allowedIps,
        @Nullable RateLimit rateLimit,
        @Nullable Instant expiresAt) {
    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 2000;
    /** Times on the wire have a four-digit year. */
    private static final Instant END_OF_TIME = Instant.parse("+10000-01-01T00:00:00Z");

    /**
     * Validates all fields.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong and what to write instead
     */
    public KeySpec {
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("A key needs a name of 1 to " + MAX_NAME + " characters.");
        }
        if (description != null && description.length() > MAX_DESCRIPTION) {
            throw new IllegalArgumentException(
                    "A key's description may have at most " + MAX_DESCRIPTION + " characters.");
        }
        if (!isText(name) || description != null && !isText(description)) {
            throw new IllegalArgumentException(
                    "A key's name and description cannot hold the character U+0000 or half a character.");
        }
        if (expiresAt != null && (expiresAt.isBefore(Instant.EPOCH) || !expiresAt.isBefore(END_OF_TIME))) {
            throw new IllegalArgumentException("A key's expiry lies between the years 1970 and 9999.");
        }
        scopes = Scope.canonical(tier, scopes);
        allowedOrigins = OriginRules.of(allowedOrigins).entries();
        allowedIps = IpRules.of(allowedIps).entries();
        if (tier == KeyTier.SECRET && !allowedOrigins.isEmpty()) {
            throw new IllegalArgumentException(
                    "A private (sk_) key is not for browsers and takes no allowed origins; bind it to networks instead.");
        }
        if (tier == KeyTier.SECRET && allowMissingOrigin) {
            throw new IllegalArgumentException("Only a public (pk_) key can allow a missing origin.");
        }
        if (tier == KeyTier.PUBLIC && !allowedIps.isEmpty()) {
            throw new IllegalArgumentException(
                    "A public (pk_) key is used from everywhere and takes no allowed networks; bind it to origins.");
        }
    }

    /** A key without restrictions, with every scope of its tier. */
    public static KeySpec of(KeyTier tier, String name) {
        return new KeySpec(tier, name, null, List.of(), List.of(), false, List.of(), null, null);
    }

    public KeySpec withName(String changed) {
        return new KeySpec(
                tier,
                changed,
                description,
                scopes,
                allowedOrigins,
                allowMissingOrigin,
                allowedIps,
                rateLimit,
                expiresAt);
    }

    public KeySpec withDescription(@Nullable String changed) {
        return new KeySpec(
                tier, name, changed, scopes, allowedOrigins, allowMissingOrigin, allowedIps, rateLimit, expiresAt);
    }

    public KeySpec withScopes(List<String> changed) {
        return new KeySpec(
                tier, name, description, changed, allowedOrigins, allowMissingOrigin, allowedIps, rateLimit, expiresAt);
    }

    public KeySpec withAllowedOrigins(List<String> changed) {
        return new KeySpec(
                tier, name, description, scopes, changed, allowMissingOrigin, allowedIps, rateLimit, expiresAt);
    }

    public KeySpec withAllowMissingOrigin(boolean changed) {
        return new KeySpec(tier, name, description, scopes, allowedOrigins, changed, allowedIps, rateLimit, expiresAt);
    }

    public KeySpec withAllowedIps(List<String> changed) {
        return new KeySpec(
                tier, name, description, scopes, allowedOrigins, allowMissingOrigin, changed, rateLimit, expiresAt);
    }

    public KeySpec withRateLimit(@Nullable RateLimit changed) {
        return new KeySpec(
                tier, name, description, scopes, allowedOrigins, allowMissingOrigin, allowedIps, changed, expiresAt);
    }

    public KeySpec withExpiresAt(@Nullable Instant changed) {
        return new KeySpec(
                tier, name, description, scopes, allowedOrigins, allowMissingOrigin, allowedIps, rateLimit, changed);
    }

    /** Whether Postgres can store it. */
    private static boolean isText(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
