package com.quotient.business;

import io.vertx.ext.auth.hashing.HashingStrategy;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/**
 * Password hashes: PBKDF2 with HMAC-SHA-512, 210,000 rounds and 16 random bytes of salt, in the PHC string format,
 * which includes its parameters. Both methods take about 100 milliseconds of CPU by design: keep them off event loops
 * and bound their concurrency. Thread-safe.
 */
public final class PasswordHash {
    private static final String ALGORITHM = "pbkdf2";
    private static final Map<String, String> PARAMETERS = Map.of("it", "210000");
    private static final int SALT_BYTES = 16;

    private static final HashingStrategy STRATEGY = HashingStrategy.load();
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordHash() {}

    /** Returns a hash to store; different each time. */
    public static String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return STRATEGY.hash(
                ALGORITHM, PARAMETERS, Base64.getEncoder().withoutPadding().encodeToString(salt), password);
    }

    /** Whether the password matches the hash, compared in constant time. */
    public static boolean verify(String hash, String password) {
        return STRATEGY.verify(hash, password);
    }
}
