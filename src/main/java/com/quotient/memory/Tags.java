package com.quotient.memory;

import com.quotient.http.Members;
import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a document or a search: known words, or {@code user:} and free text. A tag has at most 64 characters and
 * no comma, because commas separate tags in a query. Tags are trimmed and distinct.
 */
final class Tags {
    private static final List<String> KNOWN =
            List.of("email", "blog", "social", "tone", "audience", "brand", "competitors", "products");
    private static final String OWN = "user:";
    private static final int MAX_TAGS = 50;
    private static final int MAX_LENGTH = 64;

    private Tags() {}

    /** The member {@code tags}; null when it is absent or {@code null}. */
    static @Nullable List<String> from(Members members) {
        List<String> given = members.texts("tags", MAX_TAGS, MAX_LENGTH);
        if (given == null) {
            return null;
        }
        for (int i = 0; i < given.size(); i++) {
            String fault = fault(given.get(i));
            if (fault != null) {
                members.fault("tags[" + i + "]", fault);
            }
        }
        return plain(given);
    }

    /** The parameter {@code tags}; empty when it is absent. */
    static List<String> from(Query query) {
        List<String> given = query.list("tags");
        if (given.size() > MAX_TAGS) {
            throw Problem.invalid("tags", "must be at most " + MAX_TAGS + " tags.")
                    .exception();
        }
        for (String tag : given) {
            String fault =
                    tag.length() > MAX_LENGTH ? "must have at most " + MAX_LENGTH + " characters each." : fault(tag);
            if (fault != null) {
                throw Problem.invalid("tags", fault).exception();
            }
        }
        return plain(given);
    }

    /** The tags of a document's front matter; an unknown word becomes a {@code user:} tag. */
    static List<String> ofFrontMatter(List<String> written) {
        return written.stream()
                .flatMap(tags -> Arrays.stream(tags.split(",")))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .map(tag -> KNOWN.contains(tag) || tag.startsWith(OWN) ? tag : OWN + tag)
                .filter(tag -> tag.length() <= MAX_LENGTH && fault(tag) == null)
                .distinct()
                .limit(MAX_TAGS)
                .toList();
    }

    private static @Nullable String fault(String given) {
        String tag = given.strip();
        if (tag.chars().anyMatch(c -> c == ',' || Character.isISOControl(c))) {
            return "must not contain a comma or a control character.";
        }
        boolean own = tag.startsWith(OWN) && !tag.substring(OWN.length()).isBlank();
        return own || KNOWN.contains(tag)
                ? null
                : "must be one of " + String.join(", ", KNOWN) + ", or a text of your own behind " + OWN + ", such as "
                        + OWN + "draft.";
    }

    private static List<String> plain(List<String> tags) {
        return tags.stream().map(String::strip).distinct().toList();
    }
}
