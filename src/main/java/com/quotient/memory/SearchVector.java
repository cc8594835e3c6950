package com.quotient.memory;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What Postgres searches a text by, put together here and not by {@code to_tsvector}, so that it is the same in every
 * locale and takes time in proportion to the text. Words stand in it by their stem and with their places. Belongs to one
 * thread.
 */
final class SearchVector {
    /** Weights of Postgres; plain text has D, which is not written. */
    static final String IN_HEADING = "A";

    static final String IN_TITLE = "B";
    static final String IN_TEXT = "";

    /** Postgres keeps no more of one word, and no place behind the last. */
    private static final int MAX_PLACES = 255;

    private static final int LAST_PLACE = 16_383;

    /** No phrase reaches from one text into the next. */
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

    /** Its words as they were written, each once. */
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
