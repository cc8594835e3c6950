package com.quotient.audience;

import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Page;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** People: {@code /audience/people} and {@code /people}. Thread-safe. */
public final class PeopleApi {
    private final Vertx vertx;
    private final PeopleStore store;
    private final PropertyStore properties;
    private final Config config;
    private final InstantSource clock;
    private final ImportSlots slots;
    /** Reads the rows of all imports in turn. */
    private final WorkerExecutor importWorkers;

    PeopleApi(Vertx vertx, Database database, Config config, InstantSource clock) {
        this.vertx = vertx;
        this.store = new PeopleStore(database);
        this.properties = new PropertyStore(database.features());
        this.config = config;
        this.clock = clock;
        this.slots = new ImportSlots(config.audience());
        this.importWorkers = vertx.createSharedWorkerExecutor(
                "quotient-import", config.audience().importThreads());
    }

    /** {@code POST /audience/people}: creates or changes the person of an email address, in one statement. */
    public Future<Answer> upsert(ApiRequest request) {
        KeyTier tier = request.caller().key().tier();
        return request.read(members -> PersonDraft.from(members, tier)).compose(draft -> store.upsert(
                        request.businessId(), draft, tier == KeyTier.PUBLIC, request.receivedMillis())
                .map(upserted -> {
                    String id = upserted.storedId();
                    if (draft.hasEvents()) {
                        vertx.eventBus().publish(EventLinkVerticle.DUE, "", EventLinkVerticle.LOCAL);
                    }
                    return Answer.json("personId", id);
                }));
    }

    /** {@code GET /audience/people}: one page, in order of creation. */
    public Future<Answer> page(ApiRequest request) {
        Page page = Page.from(request.query());
        PeopleFilter filter = PeopleFilter.from(request.businessId(), request.query());
        return Wire.page(
                "people",
                page,
                store.count(filter),
                (lastId, offset, limit) -> store.people(filter, lastId, offset, limit),
                StoredPerson::id,
                StoredPerson::json);
    }

    /** {@code GET /audience/people/{personId}}. */
    public Future<Answer> get(ApiRequest request) {
        return store.find(request.businessId(), request.pathParameter(0)).map(person -> {
            if (person == null) {
                throw noPerson();
            }
            return Wire.one("person", person.json());
        });
    }

    /** {@code DELETE /audience/people/{personId}}: erases a person for good and unlinks their events. */
    public Future<Answer> erase(ApiRequest request) {
        return store.erase(request.businessId(), request.pathParameter(0)).map(erased -> {
            if (!erased) {
                throw noPerson();
            }
            // Some of many events are left for the background.
            vertx.eventBus().publish(EventLinkVerticle.DUE, "", EventLinkVerticle.LOCAL);
            return Answer.json("success", true);
        });
    }

    /** {@code POST /audience/people/import}: creates or changes the people in a file of any length. */
    public Future<Answer> importAll(ApiRequest request) {
        boolean csv = isCsv(request.header(HttpHeaders.CONTENT_TYPE));
        boolean gzip = request.isGzipped();
        boolean ignoreUnknown = request.query().flag("ignoreUnknown");
        String businessId = request.businessId();
        slots.take(businessId);
        // From here on every error is a failed future, so that the slot is released.
        Future<Set<String>> names =
                csv ? properties.namesOfPeople(businessId).map(Set::copyOf) : Future.succeededFuture(Set.of());
        return names.compose(known -> csv
                        ? importTable(request, known, ignoreUnknown, gzip)
                        : importAll(request, new ImportRows.Ndjson(rowLimit()), Set::of, gzip))
                .onComplete(ended -> slots.release(businessId))
                .map(Answer::json);
    }

    private Future<PeopleImport.Summary> importTable(
            ApiRequest request, Set<String> properties, boolean ignoreUnknown, boolean gzip) {
        ImportRows.Table table = new ImportRows.Table(rowLimit(), properties, ignoreUnknown);
        return importAll(request, table, table::ignored, gzip);
    }

    private Future<PeopleImport.Summary> importAll(
            ApiRequest request, ImportReader.Rows rows, Supplier<Set<String>> ignoredColumns, boolean gzip) {
        ImportReader reader = new ImportReader(rows, gzip, config.audience());
        return new PeopleImport(
                        vertx,
                        importWorkers,
                        store,
                        request.businessId(),
                        request.stream(),
                        reader,
                        ignoredColumns,
                        config,
                        clock)
                .run();
    }

    private int rowLimit() {
        return config.audience().maxImportRowBytes();
    }

    /** {@code GET /audience/people/export}: all people, as NDJSON or CSV, in order of ids. */
    public Future<Answer> export(ApiRequest request) {
        return new PeopleExport(
                        store,
                        properties,
                        PeopleFilter.from(request.businessId(), request.query()),
                        Instant.ofEpochMilli(request.receivedMillis()))
                .answer(request.query());
    }

    private static boolean isCsv(@Nullable String contentType) {
        String[] parts = contentType == null
                ? new String[] {""}
                : contentType.toLowerCase(Locale.ROOT).split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.matches("charset=utf-?8")) {
                throw unsupported("The body must be in UTF-8.");
            }
        }
        return switch (parts[0].strip()) {
            case "text/csv" -> true;
            case "application/x-ndjson", "application/ndjson" -> false;
            default -> throw unsupported("Send the people as application/x-ndjson or text/csv.");
        };
    }

    private static RuntimeException unsupported(String detail) {
        return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail).exception();
    }

    private static RuntimeException noPerson() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such person.").exception();
    }
}
