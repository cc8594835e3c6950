package com.quotient.keys;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Rules out, on any thread and without a message, that a key exists, so that a flood of unknown keys never reaches the
 * key store. It is a Bloom filter with two bits per key: at most 1 in 50 unknown keys passes it, and every known key
 * does. Written by the key store's thread.
 */
public final class KeyFilter {
    private static final int FEWEST_BITS_PER_KEY = 14;
    private static final int FIRST_BITS = 1024;

    /** Null while it may lack keys. */
    private volatile @Nullable AtomicLongArray complete;

    private AtomicLongArray bits = bits(FIRST_BITS);

    /** Whether the key certainly does not exist. */
    public boolean rulesOut(KeyHash hash) {
        AtomicLongArray all = complete;
        return all != null && !(isSet(all, hash.b()) && isSet(all, hash.c()));
    }

    /** Whether it holds every key at present. */
    void complete(boolean isComplete) {
        complete = isComplete ? bits : null;
    }

    /** Adds keys; {@code all} are those and the ones it held before. */
    void add(KeyTable some, KeyTable all) {
        if ((long) all.size() * FEWEST_BITS_PER_KEY > (long) bits.length() * Long.SIZE) {
            replaceAll(all);
        } else {
            some.all().forEach(this::set);
        }
    }

    /** Replaces all keys by these. */
    void replaceAll(KeyTable all) {
        long wanted = 2L * FEWEST_BITS_PER_KEY * all.size();
        bits = bits((int) Math.min(1 << 30, Math.max(FIRST_BITS, Long.highestOneBit(wanted))));
        all.all().forEach(this::set);
    }

    private void set(PackedKey key) {
        KeyHash hash = key.hash();
        set(hash.b());
        set(hash.c());
    }

    private void set(long word) {
        int place = place(bits, word);
        bits.setRelease(place, bits.getPlain(place) | 1L << word);
    }

    private static boolean isSet(AtomicLongArray bits, long word) {
        return (bits.getAcquire(place(bits, word)) & 1L << word) != 0;
    }

    /** The low six bits choose the bit; the other bits choose the word that it is in. */
    private static int place(AtomicLongArray bits, long word) {
        return (int) (word >>> 6) & (bits.length() - 1);
    }

    private static AtomicLongArray bits(int count) {
        return new AtomicLongArray(count / Long.SIZE);
    }
}
