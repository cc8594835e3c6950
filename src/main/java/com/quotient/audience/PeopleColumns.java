package com.quotient.audience;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.csv.Formula;
import com.quotient.problem.NearestName;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The columns of a CSV file of people, which map a row to the members of {@link PersonDraft}. */
final class PeopleColumns {
    /** The columns of an export, in order; the custom properties follow. */
    static final List<String> EXPORTED = List.of(
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

    static final String PROPERTIES = "properties.";

    private static final String EMAIL = "emailAddress";
    /** Columns of an export that an import ignores. */
    private static final Set<String> ONLY_EXPORTED = Set.of("id", "companyId", "createdAt", "updatedAt");

    private static final List<String> ONLY_IMPORTED = List.of("emailMarketingState", "deviceId", "sessionId");
    private static final int MAX_ISSUES = 20;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,9}(\\.0+)?");
    private static final Pattern LIST_SEPARATOR = Pattern.compile("[;,]");

    /** By column index; null for an ignored column. */
    private final List<@Nullable String> names;

    private final Set<String> ignored;

    private PeopleColumns(List<@Nullable String> names, Set<String> ignored) {
        this.names = names;
        this.ignored = ignored;
    }

    /** The header of an export. */
    static List<@Nullable String> exported(Collection<String> properties) {
        List<@Nullable String> columns = new ArrayList<>(EXPORTED);
        properties.forEach(name -> columns.add(PROPERTIES + name));
        return columns;
    }

    /**
     * Reads the header.
     *
     * @param properties names of the custom properties of people
     * @param ignoreUnknown whether unknown columns are ignored
     * @throws com.quotient.problem.ProblemException a 400 that names each unknown or repeated column
     */
    static PeopleColumns of(List<String> header, Collection<String> properties, boolean ignoreUnknown) {
        if (header.stream().anyMatch(name -> EmailAddress.parse(name) != null)) {
            throw noHeader();
        }
        Set<String> known = new HashSet<>(EXPORTED);
        known.addAll(ONLY_IMPORTED);
        properties.forEach(name -> known.add(PROPERTIES + name));
        List<@Nullable String> names = new ArrayList<>();
        Set<String> ignored = new TreeSet<>();
        List<Issue> issues = new ArrayList<>();
        for (int i = 0; i < endOfNames(header); i++) {
            String name = header.get(i).strip();
            if (known.contains(name)) {
                if (names.contains(name)) {
                    issues.add(new Issue(name, "stands above two columns; keep one of them."));
                }
                names.add(ONLY_EXPORTED.contains(name) ? null : name);
                continue;
            }
            names.add(null);
            ignored.add(name);
            if (!ignoreUnknown && issues.size() < MAX_ISSUES) {
                issues.add(new Issue(name, unknown(name, known)));
            }
        }
        if (!names.contains(EMAIL) && issues.isEmpty()) {
            throw noHeader();
        }
        if (!issues.isEmpty()) {
            throw refused(issues);
        }
        return new PeopleColumns(names, ignored);
    }

    /** The ignored columns of the file. */
    Set<String> ignored() {
        return ignored;
    }

    /**
     * The members of a row; an empty cell is left out.
     *
     * @throws IllegalArgumentException with a sentence, when the row has more cells than the header
     */
    ObjectNode members(List<String> cells) {
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.size(); i++) {
            String cell = Formula.unguard(cells.get(i));
            if (cell.isEmpty()) {
                continue;
            }
            if (i >= names.size()) {
                throw new IllegalArgumentException(
                        "The row has " + cells.size() + " cells, but the header only " + names.size() + ".");
            }
            String name = names.get(i);
            if (name != null) {
                set(members, name, cell);
            }
        }
        return members;
    }

    private static void set(ObjectNode members, String name, String cell) {
        if (name.startsWith(PROPERTIES)) {
            members.withObjectProperty("properties").put(name.substring(PROPERTIES.length()), cell);
        } else if (name.equals("lists")) {
            ArrayNode lists = members.putArray(name);
            for (String slug : LIST_SEPARATOR.split(cell)) {
                if (!slug.isBlank()) {
                    lists.add(slug.strip());
                }
            }
        } else if (name.equals("leadScore")
                && WHOLE_NUMBER.matcher(cell.strip()).matches()) {
            members.put(name, (int) Double.parseDouble(cell.strip()));
        } else {
            members.put(name, cell);
        }
    }

    /** A header may end with empty columns. */
    private static int endOfNames(List<String> header) {
        int end = header.size();
        while (end > 0 && header.get(end - 1).isBlank()) {
            end--;
        }
        return end;
    }

    private static String unknown(String name, Set<String> known) {
        boolean looksLikeEmail =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "").matches("e?mail(address)?");
        String meant = looksLikeEmail
                ? EMAIL
                : known.contains(PROPERTIES + name) ? PROPERTIES + name : NearestName.of(name, known);
        return "is no column of people; did you mean " + meant + "? With ignoreUnknown=true it is left out.";
    }

    private static RuntimeException noHeader() {
        return Problem.invalid("", "The first line of the CSV must name the columns, emailAddress among them.")
                .exception();
    }

    /** Names all of them in the sentence, because that is what people read. */
    private static RuntimeException refused(List<Issue> issues) {
        StringBuilder detail = new StringBuilder();
        for (Issue issue : issues) {
            detail.append(detail.isEmpty() ? "" : " ")
                    .append(issue.path())
                    .append(issue.path().isEmpty() ? "" : " ")
                    .append(issue.message());
        }
        return Problem.of(ProblemType.INVALID_REQUEST, detail.toString())
                .with("issues", issues)
                .exception();
    }
}
