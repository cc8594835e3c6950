package com.quotient.bench.contender;

import com.quotient.bench.BenchException;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Sample;
import com.quotient.bench.Turn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Postgres does at most: {@code COPY} of many rows in one transaction, sent by {@code psql}. */
public final class Copy {
    public static final String NAME = "COPY";

    private static final Pattern ROWS = Pattern.compile("COPY (\\d+)");
    private static final Pattern MILLIS = Pattern.compile("Time: ([0-9.]+) ms");

    private final Lab lab;
    private final Database database;
    private final Map<String, Path> files = new LinkedHashMap<>();

    public Copy(Lab lab, Database database) {
        this.lab = lab;
        this.database = database;
    }

    /** Keeps the rows of a query in a file, for a table. */
    public Copy rows(String query, String table) {
        Path file = lab.directory().resolve(table + ".rows");
        psql(List.of("\\copy (" + query + ") TO '" + file + "'"));
        files.put(table, file);
        return this;
    }

    /** A turn that copies them all, into all tables in one transaction. It lasts as long as it takes. */
    public Turn turn() {
        return new Turn(NAME, seconds -> run());
    }

    private Sample run() {
        List<String> commands = new ArrayList<>(List.of("\\timing on"));
        files.forEach((table, file) -> commands.add("\\copy " + table + " FROM '" + file + "'"));
        long cpu = lab.postgresMicros();
        String output = psql(commands);
        double rows = sum(ROWS, output) / files.size();
        return new Sample(
                rows, rows / sum(MILLIS, output) * 1e3, null, null, null, (lab.postgresMicros() - cpu) / rows, null);
    }

    private String psql(List<String> commands) {
        List<String> command = new ArrayList<>(List.of(
                "psql",
                "--no-psqlrc",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                "--host=127.0.0.1",
                "--port=" + database.port(),
                "--username=" + database.user(),
                "--dbname=" + database.name()));
        commands.forEach(each -> command.add("--command=" + each));
        return lab.output(command, Map.of("PGPASSWORD", database.password(), "LC_ALL", "C"));
    }

    private static double sum(Pattern pattern, String output) {
        double sum = 0;
        Matcher matcher = pattern.matcher(output);
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        if (sum == 0) {
            throw new BenchException("psql copied nothing, it said:\n" + output.strip());
        }
        return sum;
    }
}
