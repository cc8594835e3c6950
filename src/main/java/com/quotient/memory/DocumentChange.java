package com.quotient.memory;

import com.quotient.http.Members;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a document. Null members stay unchanged.
 *
 * @param title empty to fall back to the first heading, or else the name
 * @param tags replaces all tags
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
