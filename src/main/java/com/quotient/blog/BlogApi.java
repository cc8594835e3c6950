package com.quotient.blog;

import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Page;
import com.quotient.http.Page.PageData;
import com.quotient.id.Ids;
import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Posts, authors and tags: {@code /blog}. Reads are answered from memory where they can be, with an entity tag. A public
 * key sees what is published, and no email addresses. Any thread may use it.
 */
public final class BlogApi {
    private static final String SLUG_TAKEN = "Another post has this slug: send another one.";
    private static final String TAG_TAKEN = "Another tag has this name: send another one, or change that tag.";
    private static final String NO_DUPLICATE = "Something with this id exists already: try again.";

    private final Vertx vertx;
    private final ContentLimits limits;
    private final BlogCache cache;
    private final ChangeStore changes;
    private final PostStore posts;
    private final AuthorStore authors;
    private final TagStore tags;

    public BlogApi(Vertx vertx, Database database, BlogCache cache, Config.Blog config) {
        this.vertx = vertx;
        this.limits = ContentLimits.of(config);
        this.cache = cache;
        this.changes = new ChangeStore(database.features(), cache);
        this.posts = new PostStore(database);
        this.authors = new AuthorStore(database);
        this.tags = new TagStore(database.features());
    }

    private record BlogsPage(List<Blog> blogs, PageData pageData) {}

    private record AuthorsPage(List<Author> authors, PageData pageData) {}

    /** {@code GET /blog/list}: one page of posts, the latest first. */
    public Future<Answer> list(ApiRequest request) {
        return read(request, () -> {
            boolean open = isPublic(request);
            Page page = Page.from(request.query());
            return posts.page(PostFilter.from(request.businessId(), open, request.query()), page, !open)
                    .map(fresh -> fresh.map(found -> new BlogsPage(found.blogs(), page.data(found.total()))));
        });
    }

    /** {@code GET /blog/{slug}}: one post, with its HTML when {@code rawHtml} is asked for. */
    public Future<Answer> get(ApiRequest request) {
        return read(request, () -> {
            boolean open = isPublic(request);
            boolean html = request.query().flag("rawHtml");
            return posts.find(request.businessId(), request.pathParameter(0), open, !open, html)
                    .map(fresh -> fresh.map(blog -> Map.of("blog", blog)));
        });
    }

    /** {@code POST /blog}: a new post, a draft unless its status says otherwise. */
    public Future<Answer> create(ApiRequest request) {
        PostChange change = PostChange.ofNew(request.members());
        String id = id("blg_", request);
        return content(change)
                .compose(content -> changes.change(
                        request.businessId(),
                        SLUG_TAKEN,
                        transaction -> posts.create(
                                transaction, request.businessId(), id, change, Objects.requireNonNull(content))))
                .map(blog -> Answer.json("blog", blog));
    }

    /** {@code PATCH /blog/{slug}}: changes what is named and leaves the rest. */
    public Future<Answer> update(ApiRequest request) {
        PostChange change = PostChange.ofExisting(request.members());
        return content(change)
                .compose(content -> changes.change(
                        request.businessId(),
                        SLUG_TAKEN,
                        transaction -> posts.update(
                                transaction, request.businessId(), request.pathParameter(0), change, content)))
                .map(blog -> Answer.json("blog", blog));
    }

    /** {@code DELETE /blog/{slug}}. */
    public Future<Answer> delete(ApiRequest request) {
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> posts.delete(transaction, request.businessId(), request.pathParameter(0)))
                .map(done -> success());
    }

    /** {@code GET /blog/authors}: one page of authors by name. */
    public Future<Answer> authors(ApiRequest request) {
        return read(request, () -> {
            Page page = Page.from(request.query());
            return authors.page(request.businessId(), PostFilter.search(request.query()), page, !isPublic(request))
                    .map(found -> Fresh.lasting(new AuthorsPage(found.authors(), page.data(found.total()))));
        });
    }

    /** {@code POST /blog/authors}. */
    public Future<Answer> createAuthor(ApiRequest request) {
        AuthorChange change = AuthorChange.ofNew(request.members());
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> authors.create(transaction, request.businessId(), id("aut_", request), change))
                .map(author -> Answer.json("author", author));
    }

    /** {@code PATCH /blog/authors/{id}}: changes what is named and leaves the rest. */
    public Future<Answer> updateAuthor(ApiRequest request) {
        AuthorChange change = AuthorChange.ofExisting(request.members());
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction ->
                                authors.update(transaction, request.businessId(), request.pathParameter(0), change))
                .map(author -> Answer.json("author", author));
    }

    /** {@code DELETE /blog/authors/{id}}: the posts stay, without this author. */
    public Future<Answer> deleteAuthor(ApiRequest request) {
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> authors.delete(transaction, request.businessId(), request.pathParameter(0)))
                .map(done -> success());
    }

    /** {@code GET /blog/tags}: all tags by name. */
    public Future<Answer> tags(ApiRequest request) {
        return read(request, () -> tags.all(request.businessId()).map(all -> Fresh.lasting(Map.of("tags", all))));
    }

    /** {@code POST /blog/tags}. */
    public Future<Answer> createTag(ApiRequest request) {
        TagChange change = TagChange.ofNew(request.members());
        return changes.change(
                        request.businessId(),
                        TAG_TAKEN,
                        transaction -> tags.create(transaction, request.businessId(), id("tag_", request), change))
                .map(tag -> Answer.json("tag", tag));
    }

    /** {@code PATCH /blog/tags/{id}}: changes what is named and leaves the rest. */
    public Future<Answer> updateTag(ApiRequest request) {
        TagChange change = TagChange.ofExisting(request.members());
        return changes.change(
                        request.businessId(),
                        TAG_TAKEN,
                        transaction -> tags.update(transaction, request.businessId(), request.pathParameter(0), change))
                .map(tag -> Answer.json("tag", tag));
    }

    /** {@code DELETE /blog/tags/{id}}: the posts stay, without this tag. */
    public Future<Answer> deleteTag(ApiRequest request) {
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> tags.delete(transaction, request.businessId(), request.pathParameter(0)))
                .map(done -> success());
    }

    private Future<Answer> read(ApiRequest request, Supplier<Future<? extends Fresh<?>>> question) {
        BlogCache.Key key = new BlogCache.Key(request.businessId(), isPublic(request), request.target());
        return cache.answer(key, () -> question.get().map(fresh -> fresh.map(BlogApi::encoded)));
    }

    private static Answer.Json encoded(Object value) {
        return Answer.tagged(Answer.encode(value));
    }

    /** Content takes as long to make as it is long, and an event loop has no time. Null when there is none to make. */
    private Future<@Nullable Content> content(PostChange change) {
        return vertx.executeBlocking(() -> change.content(limits), false);
    }

    private static boolean isPublic(ApiRequest request) {
        return request.caller().key().tier() == KeyTier.PUBLIC;
    }

    private static String id(String prefix, ApiRequest request) {
        return Ids.next(prefix, request.receivedMillis());
    }

    private static Answer success() {
        return Answer.json("success", true);
    }
}
