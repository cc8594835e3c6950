package com.quotient.memory;

import java.util.Map;

/**
 * Stems English words, so that "connections" finds "connecting". Implements M. F. Porter, "An algorithm for suffix
 * stripping", Program 14 (1980), with the step names of the paper. Used by one thread for one word.
 */
final class Stemmer {
    private static final int SHORTEST = 3;

    private static final Map<String, String> STEP_2 = Map.ofEntries(
            Map.entry("ational", "ate"),
            Map.entry("tional", "tion"),
            Map.entry("enci", "ence"),
            Map.entry("anci", "ance"),
            Map.entry("izer", "ize"),
            Map.entry("bli", "ble"),
            Map.entry("alli", "al"),
            Map.entry("entli", "ent"),
            Map.entry("eli", "e"),
            Map.entry("ousli", "ous"),
            Map.entry("ization", "ize"),
            Map.entry("ation", "ate"),
            Map.entry("ator", "ate"),
            Map.entry("alism", "al"),
            Map.entry("iveness", "ive"),
            Map.entry("fulness", "ful"),
            Map.entry("ousness", "ous"),
            Map.entry("aliti", "al"),
            Map.entry("iviti", "ive"),
            Map.entry("biliti", "ble"),
            Map.entry("logi", "log"));

    private static final Map<String, String> STEP_3 =
            Map.of("icate", "ic", "ative", "", "alize", "al", "iciti", "ic", "ical", "ic", "ful", "", "ness", "");

    private static final Map<String, String> STEP_4 = Map.ofEntries(
            Map.entry("al", ""),
            Map.entry("ance", ""),
            Map.entry("ence", ""),
            Map.entry("er", ""),
            Map.entry("ic", ""),
            Map.entry("able", ""),
            Map.entry("ible", ""),
            Map.entry("ant", ""),
            Map.entry("ement", ""),
            Map.entry("ment", ""),
            Map.entry("ent", ""),
            Map.entry("sion", "s"),
            Map.entry("tion", "t"),
            Map.entry("ou", ""),
            Map.entry("ism", ""),
            Map.entry("ate", ""),
            Map.entry("iti", ""),
            Map.entry("ous", ""),
            Map.entry("ive", ""),
            Map.entry("ize", ""));

    private static final int LONGEST_ENDING = 7;

    private final StringBuilder word;

    private Stemmer(String word) {
        this.word = new StringBuilder(word);
    }

    /** The stem of a word of letters a to z; any other word unchanged. */
    static String stem(String word) {
        if (word.length() < SHORTEST || !word.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            return word;
        }
        Stemmer stemmer = new Stemmer(word);
        stemmer.step1();
        stemmer.replaceLongest(STEP_2, 0);
        stemmer.replaceLongest(STEP_3, 0);
        stemmer.replaceLongest(STEP_4, 1);
        stemmer.step5();
        return stemmer.word.toString();
    }

    /** Plurals, past tenses, and y at the end. */
    private void step1() {
        if (ends("sses") || ends("ies")) {
            cut(2);
        } else if (ends("s") && !ends("ss")) {
            cut(1);
        }
        if (ends("eed")) {
            if (measure(word.length() - 3) > 0) {
                cut(1);
            }
        } else if (ends("ed") && hasVowel(word.length() - 2)) {
            cut(2);
            mendStem();
        } else if (ends("ing") && hasVowel(word.length() - 3)) {
            cut(3);
            mendStem();
        }
        if (ends("y") && hasVowel(word.length() - 1)) {
            word.setCharAt(word.length() - 1, 'i');
        }
    }

    private void mendStem() {
        if (ends("at") || ends("bl") || ends("iz")) {
            word.append('e');
        } else if (endsDouble() && !ends("l") && !ends("s") && !ends("z")) {
            cut(1);
        } else if (measure(word.length()) == 1 && endsShort(word.length())) {
            word.append('e');
        }
    }

    private void step5() {
        if (ends("e")) {
            int measure = measure(word.length() - 1);
            if (measure > 1 || measure == 1 && !endsShort(word.length() - 1)) {
                cut(1);
            }
        }
        if (ends("ll") && measure(word.length()) > 1) {
            cut(1);
        }
    }

    /** Replaces the longest matching ending if the measure of the stem before it exceeds a minimum. */
    private void replaceLongest(Map<String, String> endings, int measure) {
        for (int length = Math.min(LONGEST_ENDING, word.length() - 1); length > 0; length--) {
            int begin = word.length() - length;
            String replacement = endings.get(word.substring(begin));
            if (replacement != null) {
                if (measure(begin + replacementKept(replacement, begin)) > measure) {
                    word.replace(begin, word.length(), replacement);
                }
                return;
            }
        }
    }

    /** The s or t before "ion" belongs to the stem. */
    private int replacementKept(String replacement, int begin) {
        return replacement.length() == 1 && word.charAt(begin) == replacement.charAt(0) && replacement.charAt(0) != 'e'
                ? 1
                : 0;
    }

    private boolean ends(String ending) {
        int begin = word.length() - ending.length();
        return begin >= 0 && word.indexOf(ending, begin) == begin;
    }

    private void cut(int letters) {
        word.setLength(word.length() - letters);
    }

    private boolean isConsonant(int i) {
        return switch (word.charAt(i)) {
            case 'a', 'e', 'i', 'o', 'u' -> false;
            case 'y' -> i == 0 || !isConsonant(i - 1);
            default -> true;
        };
    }

    private boolean hasVowel(int end) {
        for (int i = 0; i < end; i++) {
            if (!isConsonant(i)) {
                return true;
            }
        }
        return false;
    }

    /** The measure m of the paper: how often consonants follow vowels. */
    private int measure(int end) {
        int measure = 0;
        for (int i = 1; i < end; i++) {
            if (isConsonant(i) && !isConsonant(i - 1)) {
                measure++;
            }
        }
        return measure;
    }

    private boolean endsDouble() {
        int last = word.length() - 1;
        return last > 0 && word.charAt(last) == word.charAt(last - 1) && isConsonant(last);
    }

    /** Consonant, vowel, consonant that is not w, x or y. */
    private boolean endsShort(int end) {
        return end > 2
                && isConsonant(end - 3)
                && !isConsonant(end - 2)
                && isConsonant(end - 1)
                && "wxy".indexOf(word.charAt(end - 1)) < 0;
    }
}
