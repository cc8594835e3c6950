package com.quotient.memory;

import com.quotient.config.DatabaseConfig;
import com.quotient.config.MemoryConfig;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Members;
import com.quotient.http.Query;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.share.Shares;
import com.quotient.share.Shares.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints below {@code /memory}. Thread-safe. */
public final class MemoryApi {
    private static final int MAX_LABEL = 100;
    private static final int MAX_QUERY = 1000;

    private final Vertx vertx;
    private final MemoryStore store;
    private final SearchStore searches;
    private final Shares readers;
    private final int maxListItems;

    public MemoryApi(Vertx vertx, Database database, MemoryConfig config, DatabaseConfig limits) {
        this.vertx = vertx;
        this.store = new MemoryStore(database.features());
        this.searches = new SearchStore(database.searches());
        this.readers = new Shares(
                vertx,
                "readers",
                Limits.of(config.readers(), limits.maxBusinessShare(), limits.poolQueue(), limits.poolWait()));
        this.maxListItems = config.maxListItems();
    }

    /**
     * {@code GET /memory/{path}}: lists a folder or shows a document. {@code op} decides which. Without it,
     * {@code deep} or a trailing slash asks for a list; otherwise the stored item decides.
     */
    public Future<Answer> read(ApiRequest request) {
        MemoryPath path = path(request);
        Query query = request.query();
        boolean deep = query.flag("deep");
        String op = query.text("op");
        if (op != null && !op.equals("ls") && !op.equals("cat")) {
            throw Problem.invalid("op", "must be ls or cat.").exception();
        }
        if (path.isRoot()) {
            if ("cat".equals(op)) {
                throw notADocument().exception();
            }
            return list(request, path, deep);
        }
        boolean wantsList = op == null ? deep || path.asFolder() : op.equals("ls");
        return store.find(request.businessId(), path).compose(document -> {
            if (document == null && "cat".equals(op)) {
                throw notADocument().exception();
            }
            if (document != null && wantsList) {
                throw Problem.of(
                                ProblemType.NOT_A_FOLDER,
                                "There is a document at " + document.path() + "; read it, or list the folder it is in.")
                        .exception();
            }
            return document == null ? list(request, path, deep) : Future.succeededFuture(Answer.json(document));
        });
    }

    /**
     * {@code PUT} or {@code POST /memory/{path}}: creates or changes a document; with {@code type: folder}, a folder.
     */
    public Future<Answer> write(ApiRequest request) {
        MemoryPath path = path(request);
        return request.read(MemoryApi::written).compose(written -> {
            if (written.change() == null) {
                refuseRoot(path, "The root is always there; name a folder in it, as in /memory/notes.");
                return store.makeFolder(request.businessId(), path, written.label(), request.receivedMillis())
                        .map(Answer::json);
            }
            DocumentChange change = written.change();
            refuseRoot(path, "The root is a folder; name the document, as in /memory/notes.");
            return reading(request.businessId(), change.content())
                    .compose(reading ->
                            store.write(request.businessId(), path, change, reading, request.receivedMillis()))
                    .map(Answer::json);
        });
    }

    /** The parsed body: a document change, or else a folder and its label. */
    private record Written(
            @Nullable DocumentChange change, @Nullable String label) {}

    private static Written written(Members members) {
        String type = members.text("type", MAX_LABEL);
        if (MemoryItem.FOLDER.equals(type)) {
            String label = members.text("name", MAX_LABEL);
            if (label != null && label.isBlank()) {
                members.fault("name", "must not be blank.");
            }
            members.check();
            return new Written(null, label == null ? null : label.strip());
        }
        if (type != null && !type.equals(MemoryItem.DOCUMENT)) {
            members.fault("type", "must be folder or document.");
        }
        DocumentChange change = DocumentChange.from(members);
        members.check();
        return new Written(change, null);
    }

    /** {@code DELETE /memory/{path}}: archives a document, or a folder and everything in it. */
    public Future<Answer> archive(ApiRequest request) {
        MemoryPath path = path(request);
        refuseRoot(path, "The root cannot be archived; archive what is in it.");
        return store.archive(request.businessId(), path).map(done -> Answer.json("success", true));
    }

    /** {@code GET /memory/search}. */
    public Future<Answer> searchByQuery(ApiRequest request) {
        String query = request.query().text("query");
        if (query == null || query.isBlank() || query.length() > MAX_QUERY) {
            throw Problem.invalid("query", "is required and has at most " + MAX_QUERY + " characters.")
                    .exception();
        }
        return search(request, query, Tags.from(request.query()));
    }

    /** {@code POST /memory/search}. */
    public Future<Answer> searchByBody(ApiRequest request) {
        return request.read(MemoryApi::search).compose(search -> search(request, search.query(), search.tags()));
    }

    private record Search(String query, List<String> tags) {}

    private static Search search(Members members) {
        String query = members.requiredText("query", MAX_QUERY);
        List<String> tags = Tags.from(members);
        members.check();
        return new Search(query, tags == null ? List.of() : tags);
    }

    private Future<Answer> search(ApiRequest request, String query, List<String> tags) {
        return searches.search(request.businessId(), SearchQuery.parse(query), tags)
                .map(results -> Answer.json("results", results));
    }

    private Future<Answer> list(ApiRequest request, MemoryPath folder, boolean deep) {
        return store.tree(request.businessId(), folder, deep, maxListItems)
                .map(tree -> Answer.stream(
                        Answer.JSON, new MemoryListing(tree, deep, ids -> store.items(request.businessId(), ids))));
    }

    /** Runs on a worker; each business has its share of workers. */
    private Future<@Nullable Reading> reading(String business, @Nullable String content) {
        return content == null
                ? Future.succeededFuture()
                : readers.take(business, () -> vertx.executeBlocking(() -> Reading.of(content), false));
    }

    /** Shares the workers that read documents between businesses. */
    public Shares readers() {
        return readers;
    }

    private static MemoryPath path(ApiRequest request) {
        return MemoryPath.parse(request.pathParameter(0));
    }

    private static void refuseRoot(MemoryPath path, String message) {
        if (path.isRoot()) {
            throw Problem.invalid("path", message).exception();
        }
    }

    private static Problem notADocument() {
        return Problem.of(
                ProblemType.NOT_A_DOCUMENT, "There is a folder at this path; list it, or read a document in it.");
    }
}
