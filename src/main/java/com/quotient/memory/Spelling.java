package com.quotient.memory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds words that were typed with an error, by the deletion index of the SymSpell method. Two words that differ by one
 * inserted, missing, wrong or swapped letter become equal when each loses at most one letter. So each known word is
 * stored with its one-letter deletions, and a typed word is looked up by its own. Each look-up is one index access,
 * whatever the number of words and the alphabet.
 */
final class Spelling {
    /** Minimum letters of a typed word, which may lack one letter; in a shorter word an error makes another word. */
    private static final int SHORTEST = 5;

    private static final int LONGEST = 32;

    /** Minimum letters of a word with two errors. */
    private static final int LONG = 8;

    private Spelling() {}

    /** Whether a typed word is corrected: it has only letters and a suitable length. Numbers are taken as typed. */
    static boolean isGuessable(String typed) {
        return hasLettersOnly(typed, SHORTEST);
    }

    /** Whether a word can be a correction. */
    static boolean isMeant(String word) {
        return hasLettersOnly(word, SHORTEST - 1) && !SearchQuery.isFrequent(word);
    }

    private static boolean hasLettersOnly(String word, int shortest) {
        int length = word.codePointCount(0, word.length());
        return length >= shortest
                && length <= LONGEST
                && word.codePoints().noneMatch(c -> !Character.isLetter(c) || Words.hasNoSpaces(c));
    }

    /** The index keys of a known word. */
    static Set<Integer> keys(String word) {
        Set<Integer> keys = new LinkedHashSet<>();
        keys.add(word.hashCode());
        shorter(word).forEach(variant -> keys.add(variant.hashCode()));
        return keys;
    }

    /** The index keys of a typed word. */
    static Set<Integer> lookups(String typed) {
        Set<Integer> lookups = keys(typed);
        if (errors(typed) > 1) {
            shorter(typed).forEach(variant -> shorter(variant).forEach(twice -> lookups.add(twice.hashCode())));
        }
        return lookups;
    }

    /**
     * The similarity of a known word to a typed one: the share of correct letters, from 0 to 1; 0 with more than one
     * error, or two in a long word.
     */
    static double likeness(String typed, String known) {
        int[] a = typed.codePoints().toArray();
        int[] b = known.codePoints().toArray();
        int distance = Math.abs(a.length - b.length) > 2 ? Integer.MAX_VALUE : distance(a, b);
        return distance > errors(typed) ? 0 : 1 - (double) distance / Math.max(a.length, b.length);
    }

    private static int errors(String typed) {
        return typed.codePointCount(0, typed.length()) < LONG ? 1 : 2;
    }

    private static Collection<String> shorter(String word) {
        List<String> variants = new ArrayList<>(word.length());
        for (int i = 0; i < word.length(); i = word.offsetByCodePoints(i, 1)) {
            variants.add(word.substring(0, i) + word.substring(word.offsetByCodePoints(i, 1)));
        }
        return variants;
    }

    /** The edit distance with swaps of neighbours (optimal string alignment). */
    private static int distance(int[] a, int[] b) {
        int[] beforeLast = new int[b.length + 1];
        int[] last = new int[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            int[] row = new int[b.length + 1];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length];
    }
}
