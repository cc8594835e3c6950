package com.quotient.memory;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Builds the {@code tsvector} of a text. It is built here and not by {@code to_tsvector}, so that it does not depend on
 * the database's locale and takes linear time. It holds stems with positions. Used by one thread.
 */
final class SearchVector {
    /** Weights of a {@code tsvector}; D is the default and is not written. */
    static final String IN_HEADING = "A";

    static final String IN_TITLE = "B";
    static final String IN_TEXT = "";

    /** Postgres keeps at most this many positions of a word, and no position above the last. */
    private static final int MAX_PLACES = 255;

    private static final int LAST_PLACE = 16_383;

    /** A gap in positions, so that no phrase spans two texts. */
    private static final int GAP = 10;

    private final Map<String, StringBuilder> places = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Set<String> words = new LinkedHashSet<>();
    private int place;

    SearchVector add(String text, String weight) {
        Words.of(text, word -> {
            words.add(word);
            String lexeme = Stemmer.stem(word);
            place = Math.min(place + 1, LAST_PLACE);
            if (counts.merge(lexeme, 1, Integer::sum) <= MAX_PLACES) {
                StringBuilder all = places.computeIfAbsent(lexeme, unseen -> new StringBuilder());
                all.append(all.isEmpty() ? "" : ",").append(place).append(weight);
            }
        });
        place += GAP;
        return this;
    }

    /** The distinct words as written. */
    Set<String> words() {
        return words;
    }

    /** In the syntax of {@code tsvector}. */
    String text() {
        StringBuilder text = new StringBuilder();
        places.forEach((lexeme, all) ->
                text.append('\'').append(lexeme).append("':").append(all).append(' '));
        return text.toString();
    }
}
