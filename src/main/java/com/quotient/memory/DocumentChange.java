package com.quotient.memory;

import com.quotient.http.Members;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a write says of a document. What is null stays as it is.
 *
 * @param title empty to show the first heading, or else the name, again
 * @param tags all of them, in place of those before
 */
record DocumentChange(
        @Nullable String title,
        @Nullable String content,
        @Nullable List<String> tags,
        @Nullable Boolean pinned) {
    private static final int MAX_TITLE = 300;
    private static final int MAX_CONTENT = 1 << 20;

    static DocumentChange from(Members members) {
        String title = members.text("title", MAX_TITLE);
        return new DocumentChange(
                title == null ? null : title.strip(),
                members.text("content", MAX_CONTENT),
                Tags.from(members),
                members.flag("pinned"));
    }
}
