package com.quotient.hostile;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Mutates known inputs at random; the same seed gives the same inputs. */
final class Mutations {
    private static final int MAX_LENGTH = 60_000;
    private static final int MAX_REPEATS = 2_000;
    private static final int MAX_CHANGES = 6;

    private final Random random;
    private final List<byte[]> seeds;
    private final List<byte[]> tokens;

    /**
     * Begins with {@code seeds}.
     *
     * @param tokens tokens that are inserted sometimes, since random mutation would hardly find them
     */
    Mutations(Random random, List<byte[]> seeds, List<byte[]> tokens) {
        this.random = random;
        this.seeds = seeds;
        this.tokens = tokens;
    }

    byte[] next() {
        byte[] input = pick(seeds);
        for (int change = random.nextInt(MAX_CHANGES); change >= 0; change--) {
            input = changed(input);
        }
        return input.length > MAX_LENGTH ? Arrays.copyOf(input, MAX_LENGTH) : input;
    }

    private byte[] changed(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = Math.min(input.length, at + random.nextInt(40));
        return switch (random.nextInt(7)) {
            case 0 -> spliced(input, at, at, pick(tokens));
            case 1 -> spliced(input, at, end, pick(tokens));
            case 2 -> spliced(input, at, end, new byte[0]);
            case 3 -> spliced(input, at, end, repeated(Arrays.copyOfRange(input, at, end)));
            case 4 -> spliced(input, at, at, repeated(pick(tokens)));
            case 5 -> spliced(input, at, at, pick(seeds));
            default -> flipped(input);
        };
    }

    private byte[] repeated(byte[] piece) {
        int times = 1 + random.nextInt(random.nextInt(10) == 0 ? MAX_REPEATS : 10);
        byte[] all = new byte[Math.min(MAX_LENGTH, piece.length * times)];
        for (int i = 0; i < all.length; i++) {
            all[i] = piece[i % piece.length];
        }
        return all;
    }

    private byte[] flipped(byte[] input) {
        byte[] flipped = input.clone();
        for (int i = 0; i < 3 && flipped.length > 0; i++) {
            flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
        }
        return flipped;
    }

    private byte[] pick(List<byte[]> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] piece) {
        byte[] all = new byte[from + piece.length + input.length - to];
        System.arraycopy(input, 0, all, 0, from);
        System.arraycopy(piece, 0, all, from, piece.length);
        System.arraycopy(input, to, all, from + piece.length, input.length - to);
        return all;
    }
}
