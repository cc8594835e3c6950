package com.quotient.blog;

import com.quotient.blog.BlogCache.Kept;
import com.quotient.blog.PostStore.Versioned;
import com.quotient.config.BlogConfig;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.EntityTags;
import com.quotient.http.Page;
import com.quotient.http.Page.PageData;
import com.quotient.id.Ids;
import com.quotient.keys.KeyTier;
import com.quotient.share.Shares;
import com.quotient.share.Shares.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Posts, authors and tags: {@code /blog}. Reads are cached and carry an entity tag. A public key sees only published
 * posts, and no email addresses. Thread-safe.
 */
public final class BlogApi {
    private static final String SLUG_TAKEN = "Another post has this slug: choose a different one.";
    private static final String TAG_TAKEN = "Another tag has this name: choose a different one, or change that tag.";
    private static final String NO_DUPLICATE = "Something with this id exists already: try again.";

    private final BlogConfig config;
    private final ContentLimits limits;
    private final Shares writers;
    private final WorkerExecutor workers;
    private final BlogCache cache;
    private final Database database;
    private final ChangeStore changes;
    private final PostStore posts;
    private final PostListStore lists;
    private final AuthorStore authors;
    private final TagStore tags;

    public BlogApi(Vertx vertx, Database database, BlogCache cache, Config config) {
        this.config = config.blog();
        this.limits = ContentLimits.of(this.config);
        int parsers = config.budget().parsersAtOnce(this.config.contentWorkers());
        this.writers = new Shares(
                vertx,
                "posts",
                Limits.of(
                        parsers,
                        config.database().maxBusinessShare(),
                        this.config.contentQueue(),
                        this.config.contentWait()));
        this.workers = vertx.createSharedWorkerExecutor("quotient-content", parsers);
        this.cache = cache;
        this.database = database;
        this.changes = new ChangeStore(database.features(), cache);
        this.posts = new PostStore(database);
        this.lists = new PostListStore(database);
        this.authors = new AuthorStore(database);
        this.tags = new TagStore(database.features());
    }

    /** The workers that parse the content of posts, for the metrics. */
    public Shares writers() {
        return writers;
    }

    private record AuthorsPage(List<Author> authors, PageData pageData) {}

    private record BlogsPage(List<Blog> blogs, PageData pageData) {}

    /** {@code GET /blog/list}: one page of posts, the latest first. Only a short page is read at once and cached. */
    public Future<Answer> list(ApiRequest request) {
        boolean open = isPublic(request);
        return cache.answer(key(request), () -> {
            Page page = Page.from(request.query());
            PostFilter filter = PostFilter.from(request.businessId(), open, request.query());
            return lists.page(filter, page).compose(fresh -> {
                PostPage found = fresh.value();
                PageData pageData = page.data(found.total());
                String etag = EntityTags.of(found.version(), tier(open), request.target());
                if (found.contentBytes() > config.maxCachedAnswerBytes()) {
                    return Future.succeededFuture(fresh.with(streamed(found, pageData, etag, filter, open)));
                }
                return lists.read(filter, found.ids(), !open, database.features())
                        .map(blogs -> fresh.with(kept(new BlogsPage(blogs, pageData), etag)));
            });
        });
    }

    /** For a long page the cache keeps only the plan; each request reads the posts at the pace of its connection. */
    private Kept streamed(PostPage page, PageData pageData, String etag, PostFilter filter, boolean open) {
        Buffer encoded = Answer.encode(pageData);
        return new Kept(
                () -> new Answer.Stream(
                        Answer.JSON,
                        etag,
                        new PostPieces(
                                page,
                                encoded,
                                config.listPieceBytes(),
                                ids -> lists.read(filter, ids, !open, database.bulk()))),
                page.planBytes());
    }

    /** {@code GET /blog/{slug}}: one post, with its HTML when {@code rawHtml} is asked for. */
    public Future<Answer> get(ApiRequest request) {
        boolean open = isPublic(request);
        return cache.answer(key(request), () -> {
            boolean html = request.query().flag("rawHtml");
            return posts.find(request.businessId(), request.pathParameter(0), open, !open, html)
                    .map(fresh -> fresh.with(kept(
                            Map.of("blog", fresh.value().blog()),
                            tag(fresh.value().version(), open))));
        });
    }

    /** {@code POST /blog}: a new post, a draft unless its status says otherwise. */
    public Future<Answer> create(ApiRequest request) {
        String id = id("blg_", request);
        return made(request, () -> PostChange.ofNew(request.members(), limits))
                .compose(change -> changes.change(
                        request.businessId(),
                        SLUG_TAKEN,
                        transaction -> posts.create(transaction, request.businessId(), id, change)))
                .map(BlogApi::written);
    }

    /** {@code PATCH /blog/{slug}}: changes the given members. */
    public Future<Answer> update(ApiRequest request) {
        return made(request, () -> PostChange.ofExisting(request.members(), limits))
                .compose(change -> changes.change(
                        request.businessId(),
                        SLUG_TAKEN,
                        transaction -> posts.update(
                                transaction,
                                request.businessId(),
                                request.pathParameter(0),
                                change,
                                version -> requireMatch(request, version))))
                .map(BlogApi::written);
    }

    /** {@code DELETE /blog/{slug}}. */
    public Future<Answer> delete(ApiRequest request) {
        return changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> posts.delete(
                                transaction,
                                request.businessId(),
                                request.pathParameter(0),
                                version -> requireMatch(request, version)))
                .map(done -> success());
    }

    /** {@code GET /blog/authors}: one page of authors by name. */
    public Future<Answer> authors(ApiRequest request) {
        return read(request, () -> {
            Page page = Page.from(request.query());
            return authors.page(request.businessId(), PostFilter.search(request.query()), page, !isPublic(request))
                    .map(found -> new AuthorsPage(found.authors(), page.data(found.total())));
        });
    }

    /** {@code POST /blog/authors}. */
    public Future<Answer> createAuthor(ApiRequest request) {
        return request.read(AuthorChange::ofNew)
                .compose(change -> changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction -> authors.create(transaction, request.businessId(), id("aut_", request), change)))
                .map(author -> Answer.json("author", author));
    }

    /** {@code PATCH /blog/authors/{id}}: changes the given members. */
    public Future<Answer> updateAuthor(ApiRequest request) {
        return request.read(AuthorChange::ofExisting)
                .compose(change -> changes.change(
                        request.businessId(),
                        NO_DUPLICATE,
                        transaction ->
                                authors.update(transaction, request.businessId(), request.pathParameter(0), change)))
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
        return read(request, () -> tags.all(request.businessId()).map(all -> Map.of("tags", all)));
    }

    /** {@code POST /blog/tags}. */
    public Future<Answer> createTag(ApiRequest request) {
        return request.read(TagChange::ofNew)
                .compose(change -> changes.change(
                        request.businessId(),
                        TAG_TAKEN,
                        transaction -> tags.create(transaction, request.businessId(), id("tag_", request), change)))
                .map(tag -> Answer.json("tag", tag));
    }

    /** {@code PATCH /blog/tags/{id}}: changes the given members. */
    public Future<Answer> updateTag(ApiRequest request) {
        return request.read(TagChange::ofExisting)
                .compose(change -> changes.change(
                        request.businessId(),
                        TAG_TAKEN,
                        transaction ->
                                tags.update(transaction, request.businessId(), request.pathParameter(0), change)))
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

    private Future<Answer> read(ApiRequest request, Supplier<Future<?>> question) {
        return cache.answer(key(request), () -> question.get()
                .map(found -> Fresh.lasting(Kept.of(Answer.tagged(Answer.encode(found))))));
    }

    private static BlogCache.Key key(ApiRequest request) {
        return new BlogCache.Key(request.businessId(), isPublic(request), request.target());
    }

    private static Kept kept(Object value, String etag) {
        return Kept.of(new Answer.Json(Answer.encode(value), etag));
    }

    /** A post that was written is answered with the tag of its next reading. */
    private static Answer written(Versioned post) {
        return new Answer.Json(Answer.encode(Map.of("blog", post.blog())), tag(post.version(), false));
    }

    /** The tag of a post by whom it is shown to; with its HTML it has the same, under another URL. */
    private static String tag(String version, boolean open) {
        return EntityTags.of(version, tier(open));
    }

    private static void requireMatch(ApiRequest request, String version) {
        EntityTags.requireMatch(request.ifMatch(), tag(version, false), tag(version, true));
    }

    private static String tier(boolean open) {
        return open ? "public" : "secret";
    }

    /** Reading a body with content takes as long as it is, and an event loop has no time. */
    private Future<PostChange> made(ApiRequest request, Callable<PostChange> reading) {
        return writers.take(request.businessId(), () -> workers.executeBlocking(reading, false));
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
