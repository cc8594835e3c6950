package com.quotient.keys;

import java.util.List;
import java.util.Locale;

/** Keys for tests of the table, as a Postgres that holds many would give them. */
final class PackedKeys {
    private PackedKeys() {}

    /** The {@code number}-th of many keys that differ in everything an owner chooses. */
    static PackedKey numbered(int number) {
        String digits = String.format(Locale.ROOT, "%022d", number);
        return key(
                KeyHash.of("pk_" + digits),
                "key_" + digits,
                List.of("https://shop" + number + ".example.com", "localhost:3000"));
    }

    static PackedKey key(KeyHash hash, String id, List<String> allowedOrigins) {
        return new PackedKey(
                hash,
                id,
                "biz_" + id,
                "The business of " + id,
                KeyTier.PUBLIC,
                "The name of " + id,
                List.of("ANALYTICS_WRITE", "BLOG_READ"),
                allowedOrigins,
                false,
                List.of(),
                new RateLimit(100, 60),
                KeyRecord.NEVER,
                KeyStatus.ACTIVE,
                null);
    }
}
