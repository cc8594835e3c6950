package com.quotient.id;

import java.util.random.RandomGenerator;

/**
 * Digits, upper-case and lower-case letters in ASCII order, so that encoded numbers of equal length sort numerically.
 */
public final class Base62 {
    private static final char[] DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".toCharArray();

    private Base62() {}

    /**
     * Encodes a number of at least 0 as exactly {@code length} characters; digits that do not fit are dropped from the
     * left.
     */
    public static String encode(long number, int length) {
        char[] text = new char[length];
        long rest = number;
        for (int i = length - 1; i >= 0; i--) {
            text[i] = DIGITS[(int) (rest % DIGITS.length)];
            rest /= DIGITS.length;
        }
        return new String(text);
    }

    /** Whether the text has only Base62 digits from {@code begin} to {@code end}. */
    public static boolean isAll(String text, int begin, int end) {
        for (int i = begin; i < end; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return true;
    }

    /** Random characters of 5.95 bits each, as hard to guess as the generator's output. */
    public static String random(int length, RandomGenerator random) {
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = DIGITS[random.nextInt(DIGITS.length)];
        }
        return new String(text);
    }
}
