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
 * Selects posts.
 *
 * @param authorIds any of these authors; empty for all
 * @param tagIds any of these tags; empty for all
 * @param words a text search query of Postgres, or null
 */
record PostFilter(
        String businessId,
        List<String> authorIds,
        List<String> tagIds,
        Set<PostStatus> statuses,
        @Nullable String words) {
    private static final int MAX_IDS = 100;
    private static final int MAX_SEARCH = 200;

    /** A caller who may see only published posts cannot ask for others. */
    static PostFilter from(String businessId, boolean publishedOnly, Query query) {
        return new PostFilter(
                businessId,
                ids(query, "authorIds"),
                ids(query, "tagIds"),
                publishedOnly ? EnumSet.of(PostStatus.PUBLISHED) : statuses(query),
                words(search(query)));
    }

    /** The search query, or null. */
    static @Nullable String search(Query query) {
        String search = query.text("search", MAX_SEARCH);
        return search == null || search.isBlank() ? null : search.strip();
    }

    /**
     * Every word must match a word or its beginning. Quoting disables operators. A word without a letter or digit is
     * dropped, because Postgres rejects a query with empty quotes.
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
