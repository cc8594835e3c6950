package com.quotient.audience;

import com.quotient.http.Members;
import com.quotient.id.Slug;
import org.jspecify.annotations.Nullable;

/**
 * A list as a request describes it.
 *
 * @param name null leaves the name unchanged; a new list is then named by its slug
 * @param describes whether the description was sent, perhaps as null
 */
record ListDraft(
        String slug, @Nullable String name, @Nullable String description, boolean describes) {
    private static final int MAX_NAME = 255;
    private static final int MAX_DESCRIPTION = 10_000;

    /**
     * Reads a draft; the slug is made from the name if it is absent.
     *
     * @throws com.quotient.problem.ProblemException a 400 that names every fault
     */
    static ListDraft from(Members members) {
        String name = members.text("name", MAX_NAME);
        String description = members.text("description", MAX_DESCRIPTION);
        if (name != null && name.isBlank()) {
            members.fault("name", "must not be blank.");
        }
        String slug = slug(members, name);
        members.check();
        return new ListDraft(slug, name, description, members.has("description"));
    }

    private static String slug(Members members, @Nullable String name) {
        String given = members.text("slug", Slug.MAX_LENGTH);
        if (given != null) {
            if (!Slug.isValid(given)) {
                members.fault("slug", Slug.RULE);
            }
            return given;
        }
        if (name == null) {
            if (!members.has("slug") || members.isNull("slug")) {
                members.fault("slug", "is required where there is no name.");
            }
            return "";
        }
        String made = Slug.of(name);
        if (made.isEmpty() && !name.isBlank()) {
            members.fault("slug", "is required, because none can be made from this name.");
        }
        return made;
    }
}
