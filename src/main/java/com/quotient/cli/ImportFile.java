package com.quotient.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.quotient.csv.CsvReader;
import com.quotient.csv.CsvReader.Cells;
import com.quotient.csv.CsvReader.Lost;
import com.quotient.csv.CsvReader.Row;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of keys record by record, so that memory does not grow with its size. Errors never repeat its content.
 */
interface ImportFile extends Closeable {
    /** A malformed record; the next one may be valid. */
    final class BadRecord extends Exception {
        private static final long serialVersionUID = 1L;

        private final long line;

        BadRecord(long line, String message) {
            super(message, null, false, false);
            this.line = line;
        }

        long line() {
            return line;
        }
    }

    /** Returns the next key, or null at the end. */
    @Nullable
    ImportRecord next() throws IOException, BadRecord;

    private static String known() {
        return String.join(", ", ImportRecord.NAMES);
    }

    /** A CSV table with a header, in UTF-8. */
    final class Csv implements ImportFile {
        private static final int MAX_ROW_BYTES = 64 * 1024;

        private final InputStream input;
        private final byte[] piece = new byte[MAX_ROW_BYTES];
        private final CsvReader rows = new CsvReader(MAX_ROW_BYTES);
        private final List<String> header;
        private boolean ended;

        Csv(InputStream input) throws IOException {
            this.input = input;
            if (!(row() instanceof Cells first)) {
                throw new CommandFailure(
                        "The file is empty or its first line is broken; it names the columns, and known" + " are "
                                + known() + ".");
            }
            header = first.cells().stream().map(String::strip).toList();
            for (String name : header) {
                if (!ImportRecord.NAMES.contains(name)) {
                    throw new CommandFailure("The file has the unknown column \"" + name
                            + "\"; its first line names the columns, and known are " + known() + ".");
                }
            }
        }

        @Override
        public @Nullable ImportRecord next() throws IOException, BadRecord {
            Row row = row();
            if (row instanceof Lost lost) {
                throw new BadRecord(lost.line(), lost.reason());
            }
            return row instanceof Cells cells ? new ImportRecord(cells.line(), members(cells)) : null;
        }

        private @Nullable Row row() throws IOException {
            Row row;
            while ((row = rows.next()) == null && !ended) {
                int length = input.read(piece);
                if (length < 0) {
                    ended = true;
                    rows.end();
                } else {
                    rows.add(piece, length);
                }
            }
            return row;
        }

        private Map<String, String> members(Cells row) throws BadRecord {
            Map<String, String> members = new LinkedHashMap<>();
            for (int i = 0; i < row.cells().size(); i++) {
                String cell = row.cells().get(i);
                if (i < header.size()) {
                    members.put(header.get(i), cell);
                } else if (!cell.isBlank()) {
                    throw new BadRecord(row.line(), "The row has more cells than the header has columns.");
                }
            }
            return members;
        }

        @Override
        public void close() throws IOException {
            input.close();
        }
    }

    /** One JSON object per line. */
    final class Ndjson implements ImportFile {
        private static final JsonMapper MAPPER = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();

        private final BufferedReader lines;
        private long line;

        Ndjson(InputStream input) {
            lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8.newDecoder()));
        }

        @Override
        public @Nullable ImportRecord next() throws IOException, BadRecord {
            String text;
            do {
                text = lines.readLine();
                line++;
            } while (text != null && text.isBlank());
            return text == null ? null : new ImportRecord(line, members(text));
        }

        private Map<String, String> members(String text) throws BadRecord {
            JsonNode object;
            try {
                object = MAPPER.readTree(text);
            } catch (JsonProcessingException e) {
                throw new BadRecord(line, "The line is not valid JSON.");
            }
            if (!object.isObject()) {
                throw new BadRecord(line, "The line is not a JSON object.");
            }
            Map<String, String> members = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                if (!ImportRecord.NAMES.contains(member.getKey())) {
                    throw new BadRecord(line, "Unknown member \"" + member.getKey() + "\"; known are " + known() + ".");
                }
                if (!member.getValue().isNull()) {
                    members.put(member.getKey(), text(member.getValue()));
                }
            }
            return members;
        }

        private static String text(JsonNode value) {
            return value.isArray()
                    ? StreamSupport.stream(value.spliterator(), false)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(" "))
                    : value.asText();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
