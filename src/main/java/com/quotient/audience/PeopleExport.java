package com.quotient.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.http.Answer;
import com.quotient.http.Query;
import com.quotient.json.StrictJson;
import com.quotient.problem.Problem;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One export of people on its way. They are read piece by piece, each when the caller has taken the one before, so that a
 * slow caller holds neither memory nor a connection to the database.
 */
final class PeopleExport {
    private static final int FETCH_SIZE = 500;
    private static final List<@Nullable String> COLUMNS = List.of(
            "id",
            "emailAddress",
            "emailSubscriptionStatus",
            "firstName",
            "lastName",
            "jobTitle",
            "leadScore",
            "companyId",
            "lists",
            "createdAt",
            "updatedAt");

    private final PeopleStore people;
    private final PropertyStore properties;
    private final PeopleFilter filter;
    private final Instant until;

    /** {@code until}: who was created later is left out; otherwise an export could follow the people that keep coming. */
    PeopleExport(PeopleStore people, PropertyStore properties, PeopleFilter filter, Instant until) {
        this.people = people;
        this.properties = properties;
        this.filter = filter;
        this.until = until;
    }

    /** By the parameter {@code format}: {@code ndjson}, which is usual, or {@code csv}. */
    Future<Answer> answer(Query query) {
        String format = query.text("format");
        boolean csv = "csv".equals(format);
        if (format != null && !csv && !format.equals("ndjson")) {
            throw Problem.invalid("format", "must be ndjson or csv.").exception();
        }
        // Before the answer begins, a breakdown can still be told with a status.
        Future<List<StoredPerson>> first = people.after(null, filter, until, FETCH_SIZE);
        return csv
                ? properties
                        .namesOfPeople(filter.businessId())
                        .compose(names -> first.map(piece ->
                                Answer.stream("text/csv; charset=utf-8", response -> write(response, piece, names))))
                : first.map(piece -> Answer.stream("application/x-ndjson", response -> write(response, piece, null)));
    }

    private Future<Void> write(
            HttpServerResponse response, List<StoredPerson> first, @Nullable List<String> propertyNames) {
        Promise<Void> done = Promise.promise();
        write(response, first, propertyNames, header(propertyNames), done);
        return done.future();
    }

    /** With a promise, since futures nested in futures would grow with every piece. */
    private void write(
            HttpServerResponse response,
            List<StoredPerson> piece,
            @Nullable List<String> propertyNames,
            Buffer lines,
            Promise<Void> done) {
        for (StoredPerson person : piece) {
            lines.appendString(propertyNames == null ? person.json() + "\n" : record(person, propertyNames));
        }
        if (piece.size() < FETCH_SIZE) {
            response.end(lines).onComplete(done);
            return;
        }
        // The write ends when the socket has taken it, and fails when the caller is gone.
        response.write(lines)
                .compose(written -> people.after(piece.get(piece.size() - 1).id(), filter, until, FETCH_SIZE))
                .onSuccess(next -> write(response, next, propertyNames, Buffer.buffer(), done))
                .onFailure(done::fail);
    }

    private static Buffer header(@Nullable List<String> propertyNames) {
        if (propertyNames == null) {
            return Buffer.buffer();
        }
        List<@Nullable String> columns = new ArrayList<>(COLUMNS);
        propertyNames.forEach(name -> columns.add("properties." + name));
        return Buffer.buffer(Csv.record(columns));
    }

    private static String record(StoredPerson person, List<String> propertyNames) {
        List<@Nullable String> fields = new ArrayList<>(Arrays.asList(
                person.id(),
                person.email(),
                person.status().name(),
                person.firstName(),
                person.lastName(),
                person.jobTitle(),
                Integer.toString(person.leadScore()),
                person.companyId(),
                String.join(";", person.lists()),
                Times.format(person.createdAt()),
                Times.format(person.updatedAt())));
        JsonNode values = StrictJson.object(person.properties().getBytes(StandardCharsets.UTF_8));
        for (String name : propertyNames) {
            JsonNode value = values.get(name);
            fields.add(value == null ? null : value.isTextual() ? value.textValue() : value.toString());
        }
        return Csv.record(fields);
    }
}
