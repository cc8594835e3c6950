package com.quotient.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.csv.CsvWriter;
import com.quotient.http.Answer;
import com.quotient.http.Query;
import com.quotient.http.Rows;
import com.quotient.json.StrictJson;
import com.quotient.problem.Problem;
import com.quotient.time.Times;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One running export. People are read in pieces, each after the client took the previous one, so that a slow client
 * holds neither memory nor a database connection.
 */
final class PeopleExport {
    private static final int FETCH_SIZE = 500;

    private final PeopleStore people;
    private final PropertyStore properties;
    private final PeopleFilter filter;
    private final Instant until;

    /** {@code until}: people created later are left out, so that the export ends. */
    PeopleExport(PeopleStore people, PropertyStore properties, PeopleFilter filter, Instant until) {
        this.people = people;
        this.properties = properties;
        this.filter = filter;
        this.until = until;
    }

    /** The format by the parameter {@code format}: {@code ndjson} (default) or {@code csv}. */
    Future<Answer> answer(Query query) {
        String format = query.text("format");
        boolean csv = "csv".equals(format);
        if (format != null && !csv && !format.equals("ndjson")) {
            throw Problem.invalid("format", "must be ndjson or csv.").exception();
        }
        Rows<StoredPerson> rows =
                Rows.untilEmpty(last -> people.after(last == null ? null : last.id(), filter, until, FETCH_SIZE));
        return csv
                ? properties
                        .namesOfPeople(filter.businessId())
                        .map(names -> Answer.stream(
                                "text/csv; charset=utf-8",
                                rows.lines(
                                        CsvWriter.row(PeopleColumns.exported(names)), person -> record(person, names))))
                : Future.succeededFuture(
                        Answer.stream("application/x-ndjson", rows.lines("", person -> person.json() + "\n")));
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
        return CsvWriter.row(fields);
    }
}
