package com.quotient.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parsed search query. Every word must occur; {@code "a phrase"} must occur as such, {@code -word} must not occur,
 * and {@code or} separates alternatives. Text without a space, such as {@code v2.1}, is a phrase too. English stop
 * words, such as "the", count only when nothing else is given. Only the first words of a long query count. Every text
 * is a valid query.
 *
 * @param all matches chunks with everything that was asked for, as a {@code tsquery}; empty when there is nothing to
 *     search for
 * @param words each word by itself, without the excluded ones
 * @param excluded matches the excluded words, as a {@code tsquery}; empty without any
 */
record SearchQuery(String all, List<Word> words, String excluded) {
    /** Maximum words that count. */
    static final int MAX_WORDS = 32;

    private static final Pattern ITEM = Pattern.compile("(-?)(?:\"([^\"]*)(?:\"|$)|(\\S+?)(?=\"|\\s|$))");

    /** The English stop words of the Snowball project. */
    private static final Set<String> FREQUENT =
            Set.of(("a about above after again against all am an and any are as at be"
                            + " because been before being below between both but by can did do does doing don down during each few"
                            + " for from further had has have having he her here hers herself him himself his how i if in into is it"
                            + " its itself just me more most my myself no nor not now of off on once only or other our ours"
                            + " ourselves out over own s same she should so some such t than that the their theirs them themselves"
                            + " then there these they this those through to too under until up very was we were what when where"
                            + " which while who whom why will with you your yours yourself yourselves")
                    .split(" "));

    /**
     * A word of the query.
     *
     * @param text the typed word, normalized for comparison
     * @param query matches it, as a {@code tsquery}
     */
    record Word(String text, String query) {
        static Word of(String text) {
            // The index has a Chinese character as the first of a pair, or as the last of a run.
            return new Word(text, "'" + Stemmer.stem(text) + "'" + (Words.isLoneCharacter(text) ? ":*" : ""));
        }
    }

    /** Whether a word is an English stop word. */
    static boolean isFrequent(String word) {
        return FREQUENT.contains(word);
    }

    static SearchQuery parse(String typed) {
        SearchQuery query = new Parser(true).parse(typed);
        return query.all().isEmpty() ? new Parser(false).parse(typed) : query;
    }

    private static final class Parser {
        private final boolean skipsFrequent;
        private final List<String> alternatives = new ArrayList<>();
        private final List<String> wanted = new ArrayList<>();
        private final List<String> unwanted = new ArrayList<>();
        private final List<String> excluded = new ArrayList<>();
        private final Map<String, Word> words = new LinkedHashMap<>();
        private int count;

        Parser(boolean skipsFrequent) {
            this.skipsFrequent = skipsFrequent;
        }

        SearchQuery parse(String typed) {
            Matcher items = ITEM.matcher(typed);
            while (items.find() && count < MAX_WORDS) {
                String phrase = items.group(2);
                boolean isExcluded = !items.group(1).isEmpty();
                if (phrase == null && !isExcluded && items.group(3).equalsIgnoreCase("or")) {
                    endAlternative();
                } else {
                    add(phrase == null ? items.group(3) : phrase, phrase != null, isExcluded);
                }
            }
            endAlternative();
            return new SearchQuery(
                    String.join(" | ", alternatives), List.copyOf(words.values()), String.join(" | ", excluded));
        }

        private void add(String item, boolean isPhrase, boolean isExcluded) {
            List<Word> parts = new ArrayList<>();
            Words.of(item, word -> {
                if (count < MAX_WORDS) {
                    count++;
                    parts.add(Word.of(word));
                }
            });
            // The last character of a run is in the pair before it.
            if (parts.size() > 1
                    && Words.isLoneCharacter(parts.get(parts.size() - 1).text())) {
                parts.remove(parts.size() - 1);
            }
            boolean isFrequent =
                    parts.size() == 1 && !isPhrase && isFrequent(parts.get(0).text());
            if (parts.isEmpty() || skipsFrequent && isFrequent) {
                return;
            }
            String query = parts.stream()
                    .map(Word::query)
                    .reduce((a, b) -> a + " <-> " + b)
                    .orElseThrow();
            if (isExcluded) {
                unwanted.add("!(" + query + ")");
                excluded.add("(" + query + ")");
            } else {
                wanted.add("(" + query + ")");
                parts.forEach(word -> words.putIfAbsent(word.query(), word));
            }
        }

        /** Exclusions alone are not an alternative: nearly everything would match. */
        private void endAlternative() {
            if (!wanted.isEmpty()) {
                wanted.addAll(unwanted);
                alternatives.add("(" + String.join(" & ", wanted) + ")");
            }
            wanted.clear();
            unwanted.clear();
        }
    }
}
