package com.quotient.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a whole key, in four words. A fast hash is safe: a key has 200 random bits and cannot be guessed. Look-ups
 * by hash reveal nothing about a key through memory or timing.
 */
public record KeyHash(long a, long b, long c, long d) {
    private static final int BYTES = 32;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    });

    /** The hash of a key. */
    public static KeyHash of(String key) {
        return ofBytes(SHA_256.get().digest(key.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Wraps the 32 bytes of a hash.
     *
     * @throws IllegalArgumentException for any other length
     */
    public static KeyHash ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A SHA-256 hash has 32 bytes, not " + bytes.length + ".");
        }
        return new KeyHash((long) LONGS.get(bytes, 0), (long) LONGS.get(bytes, 8), (long) LONGS.get(bytes, 16), (long)
                LONGS.get(bytes, 24));
    }

    /**
     * Parses 64 hexadecimal digits.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static KeyHash ofHex(String hex) {
        return ofBytes(HexFormat.of().parseHex(hex));
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** Any 32 bits of a cryptographic hash are evenly distributed. */
    @Override
    public int hashCode() {
        return (int) a;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyHash that && a == that.a && b == that.b && c == that.c && d == that.d;
    }
}
