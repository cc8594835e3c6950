package com.quotient.blog;

import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which posts are asked for.
 *
 * @param authorIds any of them; empty for all
 * @param tagIds any of them; empty for all
 * @param words a query of Postgres's text search, or null
 */
record PostFilter(
        String businessId,
        List<String> authorIds,
        List<String> tagIds,
        Set<PostStatus> statuses,
        @Nullable String words) {
    private static final int MAX_IDS = 100;
    private static final int MAX_SEARCH = 200;

    /** Whoever may see only what is published cannot ask for anything else. */
    static PostFilter from(String businessId, boolean publishedOnly, Query query) {
        return new PostFilter(
                businessId,
                ids(query, "authorIds"),
                ids(query, "tagIds"),
                publishedOnly ? EnumSet.of(PostStatus.PUBLISHED) : statuses(query),
                words(search(query)));
    }

    /** What is searched for, or null. */
    static @Nullable String search(Query query) {
        String search = query.text("search", MAX_SEARCH);
        return search == null || search.isBlank() ? null : search.strip();
    }

    /**
     * Every word has to be there, or the beginning of a word. Within quotes nothing is an operator. What has no letter or
     * digit is no word to Postgres, and a query that ends up with empty quotes is an error to it.
     */
    private static @Nullable String words(@Nullable String search) {
        return search == null
                ? null
                : Arrays.stream(search.split("\\s+"))
                        .filter(word -> word.codePoints().anyMatch(Character::isLetterOrDigit))
                        .map(word -> "'" + word.replace("\\", "\\\\").replace("'", "''") + "':*")
                        .collect(Collectors.joining(" & "));
    }

    private static Set<PostStatus> statuses(Query query) {
        Set<PostStatus> statuses = EnumSet.noneOf(PostStatus.class);
        for (String name : query.list("statuses")) {
            PostStatus status = PostStatus.named(name);
            if (status == null) {
                throw Problem.invalid("statuses", "must be of " + PostStatus.NAMES + ".")
                        .exception();
            }
            statuses.add(status);
        }
        return statuses.isEmpty() ? EnumSet.of(PostStatus.PUBLISHED) : statuses;
    }

    private static List<String> ids(Query query, String name) {
        List<String> ids = query.list(name);
        if (ids.size() > MAX_IDS) {
            throw Problem.invalid(name, "must name at most " + MAX_IDS + " ids.")
                    .exception();
        }
        return ids;
    }
}
