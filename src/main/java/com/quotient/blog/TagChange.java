package com.quotient.blog;

import com.quotient.http.Members;
import org.jspecify.annotations.Nullable;

/** A change of a tag. A null name stays unchanged; a new tag must have one. */
record TagChange(@Nullable String name, Given<String> description) {
    private static final int MAX_NAME = 100;
    private static final int MAX_DESCRIPTION = 1000;

    static TagChange ofNew(Members members) {
        return of(members, members.requiredText("name", MAX_NAME));
    }

    static TagChange ofExisting(Members members) {
        return of(members, members.has("name") ? members.requiredText("name", MAX_NAME) : null);
    }

    private static TagChange of(Members members, @Nullable String name) {
        TagChange change = new TagChange(
                name == null ? null : name.strip(),
                Given.of(members, "description", members.text("description", MAX_DESCRIPTION)));
        members.check();
        return change;
    }
}
