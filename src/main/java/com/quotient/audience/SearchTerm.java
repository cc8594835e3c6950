package com.quotient.audience;

import com.quotient.db.Statement;
import com.quotient.http.Query;
import org.jspecify.annotations.Nullable;

/**
 * A search term, compared without case and accents. Three or more characters match anywhere, fewer match the beginning
 * of a word, so that the trigram index always narrows the search.
 */
record SearchTerm(String text) {
    private static final int MAX_LENGTH = 200;
    private static final int TRIGRAM = 3;

    /** The parameter {@code search}, or null when it is absent or blank. */
    static @Nullable SearchTerm from(Query query) {
        String given = query.text("search", MAX_LENGTH);
        if (given == null || given.isBlank()) {
            return null;
        }
        return new SearchTerm(given.strip());
    }

    /** Adds the condition that a row's {@code search_text} contains the term; nothing without a term. */
    static Statement narrow(Statement statement, @Nullable SearchTerm term) {
        return term == null
                ? statement
                : statement
                        .add(" AND search_text LIKE search_fold(", term.pattern())
                        .add(")");
    }

    /** The {@code LIKE} pattern for a text with a space before each word. Postgres folds pattern and text alike. */
    private String pattern() {
        String literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        long letters = text.codePoints().filter(c -> !isAccent(c)).count();
        return (letters < TRIGRAM ? "% " : "%") + literal + "%";
    }

    /** The characters that Postgres removes from both. */
    private static boolean isAccent(int c) {
        return c >= 0x0300 && c <= 0x036F;
    }
}
