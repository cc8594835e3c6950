package com.quotient.audience;

import com.quotient.db.Statement;
import com.quotient.http.Query;
import org.jspecify.annotations.Nullable;

/**
 * What a list is searched for, regardless of case, accents and how these are composed: three characters or more anywhere,
 * fewer at the beginning of a word, so that trigrams always narrow the search.
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

    /** Adds the condition that the {@code search_text} of a row has the term, or nothing when there is none. */
    static Statement narrow(Statement statement, @Nullable SearchTerm term) {
        return term == null
                ? statement
                : statement
                        .add(" AND search_text LIKE search_fold(", term.pattern())
                        .add(")");
    }

    /** For {@code LIKE} on a text with a space before each word; Postgres folds both alike. */
    private String pattern() {
        String literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        long letters = text.codePoints().filter(c -> !isAccent(c)).count();
        return (letters < TRIGRAM ? "% " : "%") + literal + "%";
    }

    /** What Postgres leaves out of both. */
    private static boolean isAccent(int c) {
        return c >= 0x0300 && c <= 0x036F;
    }
}
