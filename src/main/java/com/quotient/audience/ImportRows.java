package com.quotient.audience;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.audience.ImportReader.Item;
import com.quotient.audience.ImportReader.Read;
import com.quotient.csv.CsvReader;
import com.quotient.csv.CsvReader.Cells;
import com.quotient.csv.CsvReader.Lost;
import com.quotient.csv.LineReader;
import com.quotient.csv.LineReader.Line;
import com.quotient.csv.UnreadableFile;
import com.quotient.http.Members;
import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Readers of people, one per file format. Each is used by one thread at a time. */
final class ImportRows {
    private ImportRows() {}

    /** One JSON object per line. */
    static final class Ndjson implements ImportReader.Rows {
        private final LineReader lines;
        private final int maxBytes;

        Ndjson(int maxBytes) {
            this.lines = new LineReader(maxBytes);
            this.maxBytes = maxBytes;
        }

        @Override
        public void add(byte[] piece, int length) {
            lines.add(piece, length);
        }

        @Override
        public void end() {
            lines.end();
        }

        @Override
        public @Nullable Read next() {
            Line line = readable(lines::next);
            return line == null ? null : read(line);
        }

        private Read read(Line line) {
            byte[] bytes = line.bytes();
            if (bytes == null) {
                return Read.rejected(line.number(), line.number(), "The row has more than " + maxBytes + " bytes.");
            }
            int start = 0;
            while (start < bytes.length && (bytes[start] == ' ' || bytes[start] == '\t')) {
                start++;
            }
            if (start == bytes.length) {
                return Read.NOTHING;
            }
            if (bytes[start] != '{') {
                // Cheaper than the parser, with the same result.
                return Read.rejected(line.number(), line.number(), "The row must be a JSON object, between { and }.");
            }
            try {
                return person(StrictJson.object(bytes), bytes.length, line.number(), line.number());
            } catch (InvalidJson e) {
                return Read.rejected(line.number(), line.number(), e.getMessage());
            }
        }
    }

    /** CSV with a header that names the members. */
    static final class Table implements ImportReader.Rows {
        private final CsvReader rows;
        private final Set<String> properties;
        private final boolean ignoreUnknown;
        private @Nullable PeopleColumns columns;
        private boolean ended;

        /** See {@link PeopleColumns#of}. */
        Table(int maxBytes, Set<String> properties, boolean ignoreUnknown) {
            this.rows = new CsvReader(maxBytes);
            this.properties = properties;
            this.ignoreUnknown = ignoreUnknown;
        }

        @Override
        public void add(byte[] piece, int length) {
            rows.add(piece, length);
        }

        @Override
        public void end() {
            ended = true;
            rows.end();
        }

        /** The ignored columns; empty until the header was read. */
        Set<String> ignored() {
            return columns == null ? Set.of() : columns.ignored();
        }

        @Override
        public @Nullable Read next() {
            CsvReader.Row row = readable(rows::next);
            boolean isHeader = columns == null && (row != null || ended);
            if (row == null && !isHeader) {
                return null;
            }
            List<String> cells = row instanceof Cells found ? found.cells() : List.of();
            if (row == null || columns == null) {
                // An empty file has no header either and is refused.
                columns = PeopleColumns.of(cells, properties, ignoreUnknown);
                return Read.NOTHING;
            }
            if (row instanceof Lost lost) {
                return Read.rejected(lost.line(), lost.lastLine(), lost.reason());
            }
            try {
                int length = cells.stream().mapToInt(String::length).sum();
                return person(columns.members(cells), length, row.line(), row.lastLine());
            } catch (IllegalArgumentException e) {
                return Read.rejected(row.line(), row.lastLine(), String.valueOf(e.getMessage()));
            }
        }
    }

    private static Read person(ObjectNode members, int bytes, long line, long lastLine) {
        try {
            PersonDraft draft = PersonDraft.from(new Members(members), KeyTier.SECRET);
            return Read.of(new Item(draft, bytes, line, lastLine));
        } catch (ProblemException e) {
            return Read.rejected(line, lastLine, e.problem().detail());
        }
    }

    private static <T extends @Nullable Object> T readable(Supplier<T> next) {
        try {
            return next.get();
        } catch (UnreadableFile e) {
            throw Problem.invalid("", e.getMessage()).exception();
        }
    }
}
