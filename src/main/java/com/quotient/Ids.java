package com.quotient;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids as the wire shows them: a prefix that tells the kind, then 22 Base62 characters of which the first 8 are the
 * milliseconds since 1970, so that ids made later sort later and an index on them grows at its end. The rest is random.
 * Ids are names, not secrets: nothing may be allowed because somebody knows one.
 */
public final class Ids {
    private static final char[] BASE62 =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".toCharArray();
    private static final int TIME_LENGTH = 8;
    private static final int LENGTH = 22;

    private Ids() {}

    /** A new id, such as {@code evt_0ULm3x0Q…}. */
    public static String next(String prefix, long epochMillis) {
        char[] id = new char[prefix.length() + LENGTH];
        prefix.getChars(0, prefix.length(), id, 0);
        long rest = epochMillis;
        for (int i = prefix.length() + TIME_LENGTH - 1; i >= prefix.length(); i--) {
            id[i] = BASE62[(int) (rest % BASE62.length)];
            rest /= BASE62.length;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = prefix.length() + TIME_LENGTH; i < id.length; i++) {
            id[i] = BASE62[random.nextInt(BASE62.length)];
        }
        return new String(id);
    }

    /** A random Base62 text, fit for secrets. */
    public static String secret(int length, SecureRandom random) {
        StringBuilder secret = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            secret.append(BASE62[random.nextInt(BASE62.length)]);
        }
        return secret.toString();
    }
}
