package com.quotient.memory;

import com.quotient.http.Members;
import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a document or of a search: 1 to 64 characters each, capitals told apart, without a comma, since commas part
 * tags in a query. Blanks around a tag are taken off, and a tag that is there twice counts once.
 */
final class Tags {
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

    private static @Nullable String fault(String tag) {
        if (tag.isBlank()) {
            return "must not be blank.";
        }
        return tag.chars().anyMatch(c -> c == ',' || Character.isISOControl(c))
                ? "must not contain a comma or a control character."
                : null;
    }

    private static List<String> plain(List<String> tags) {
        return tags.stream().map(String::strip).distinct().toList();
    }
}
