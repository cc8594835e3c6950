package com.quotient.blog;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.http.Members;
import com.quotient.id.Slug;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of a post. A null component stays unchanged; a new post needs a slug, a title and content. Creating it takes
 * time in proportion to the content.
 */
record PostChange(
        @Nullable String slug,
        @Nullable String title,
        @Nullable Content content,
        @Nullable List<String> authorIds,
        @Nullable List<String> tagIds,
        Given<String> metaDescription,
        Given<String> dominantImageUrl,
        @Nullable PostStatus status,
        Given<Instant> publishDate) {
    private static final int MAX_TITLE = 300;
    private static final int MAX_META_DESCRIPTION = 1000;
    private static final int MAX_AUTHORS = 20;
    private static final int MAX_TAGS = 50;
    private static final int MAX_ID = 64;

    /** Reserved, because these paths have endpoints of their own. */
    private static final Set<String> RESERVED_SLUGS = Set.of("list", "authors", "tags", "list-authors", "list-tags");

    static PostChange ofNew(Members members, ContentLimits limits) {
        String title = members.requiredText("title", MAX_TITLE);
        String slug = members.node("slug") == null ? slugOf(title, members) : slug(members);
        if (members.node("markdown") == null && members.node("content") == null) {
            members.fault("markdown", "is required, unless there is content.");
        }
        return of(members, slug, title, limits);
    }

    static PostChange ofExisting(Members members, ContentLimits limits) {
        return of(
                members,
                members.has("slug") ? slug(members) : null,
                members.has("title") ? members.requiredText("title", MAX_TITLE) : null,
                limits);
    }

    private static PostChange of(Members members, @Nullable String slug, @Nullable String title, ContentLimits limits) {
        if (members.node("markdown") != null && members.node("content") != null) {
            members.fault("content", "cannot be given together with markdown: send one of them.");
        }
        String markdown = members.text("markdown", Integer.MAX_VALUE);
        List<String> authorIds = ids(members, "authorIds", MAX_AUTHORS);
        List<String> tagIds = ids(members, "tagIds", MAX_TAGS);
        Given<String> metaDescription =
                Given.of(members, "metaDescription", members.text("metaDescription", MAX_META_DESCRIPTION));
        Given<String> dominantImageUrl = Given.of(members, "dominantImageUrl", Urls.image(members, "dominantImageUrl"));
        PostStatus status = status(members);
        Given<Instant> publishDate = Given.of(members, "publishDate", members.time("publishDate"));
        members.check();
        Content content = content(markdown, members.node("content"), limits);
        return new PostChange(
                slug, title, content, authorIds, tagIds, metaDescription, dominantImageUrl, status, publishDate);
    }

    private static @Nullable Content content(@Nullable String markdown, @Nullable JsonNode tree, ContentLimits limits) {
        if (markdown != null) {
            return Content.ofMarkdown(markdown, limits);
        }
        return tree == null ? null : Content.ofTree(tree, limits);
    }

    private static String slug(Members members) {
        String slug = members.requiredText("slug", Integer.MAX_VALUE);
        if (!slug.isBlank() && !Slug.isValid(slug)) {
            members.fault("slug", Slug.RULE);
        }
        return notReserved(slug, members);
    }

    private static String slugOf(String title, Members members) {
        String slug = Slug.of(title);
        if (slug.isEmpty() && !title.isBlank()) {
            members.fault("slug", "is required, because the title has no letters of which it could be made.");
        }
        return notReserved(slug, members);
    }

    private static String notReserved(String slug, Members members) {
        if (RESERVED_SLUGS.contains(slug)) {
            members.fault("slug", "cannot be \"" + slug + "\", which is a path of the API: send another slug.");
        }
        return slug;
    }

    private static @Nullable PostStatus status(Members members) {
        String name = members.text("status", Integer.MAX_VALUE);
        PostStatus status = name == null ? null : PostStatus.named(name);
        if (name != null && status == null) {
            members.fault("status", "must be " + PostStatus.NAMES + ".");
        }
        return status;
    }

    private static @Nullable List<String> ids(Members members, String name, int maximum) {
        List<String> ids = members.texts(name, maximum, MAX_ID);
        return ids == null && members.isNull(name) ? List.of() : ids;
    }
}
