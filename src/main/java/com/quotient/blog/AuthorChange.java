package com.quotient.blog;

import com.quotient.http.Members;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A change of an author. A null name stays unchanged; a new author must have one. */
record AuthorChange(@Nullable String name, Given<String> email, Given<String> avatarUrl) {
    private static final int MAX_NAME = 200;

    /** The maximum path of an envelope (RFC 5321 section 4.5.3.1.3), without its brackets. */
    private static final int MAX_EMAIL = 254;

    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");

    static AuthorChange ofNew(Members members) {
        return of(members, members.requiredText("name", MAX_NAME));
    }

    static AuthorChange ofExisting(Members members) {
        return of(members, members.has("name") ? members.requiredText("name", MAX_NAME) : null);
    }

    /** Answers show the address under both names, so both are accepted; the longer name wins. */
    private static AuthorChange of(Members members, @Nullable String name) {
        String member = members.has("emailAddress") ? "emailAddress" : "email";
        String email = members.text(member, MAX_EMAIL);
        if (email != null && !EMAIL.matcher(email).matches()) {
            members.fault(member, "must be an email address.");
        }
        AuthorChange change = new AuthorChange(
                name,
                Given.of(members, member, email),
                Given.of(members, "avatarUrl", Urls.image(members, "avatarUrl")));
        members.check();
        return change;
    }
}
