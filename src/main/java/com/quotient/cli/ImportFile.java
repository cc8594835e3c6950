package com.quotient.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A file of keys, read one record at a time, so that its size does not matter. Its failures never repeat its content. */
interface ImportFile extends Closeable {
    /** A record that cannot be understood, while the next one may be. */
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

    /** The next key, or null at the end. */
    @Nullable
    ImportRecord next() throws IOException, BadRecord;

    private static String known() {
        return String.join(", ", ImportRecord.NAMES);
    }

    /** Comma-separated values with a header (RFC 4180), in UTF-8. */
    final class Csv implements ImportFile {
        private static final CsvMapper MAPPER = CsvMapper.builder()
                .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                .enable(CsvParser.Feature.TRIM_SPACES)
                .build();

        private final MappingIterator<Map<String, String>> rows;

        Csv(InputStream input) throws IOException {
            try {
                rows = MAPPER.readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(input);
            } catch (JsonProcessingException e) {
                throw new CommandFailure(
                        "The file is empty or its first line is broken; it names the columns, and known" + " are "
                                + known() + ".");
            }
            CsvSchema header = (CsvSchema) rows.getParserSchema();
            for (CsvSchema.Column column : header) {
                if (!ImportRecord.NAMES.contains(column.getName())) {
                    throw new CommandFailure("The file has the unknown column \"" + column.getName()
                            + "\"; its first line names the columns, and known are " + known() + ".");
                }
            }
        }

        @Override
        public @Nullable ImportRecord next() throws IOException, BadRecord {
            long line = rows.getCurrentLocation().getLineNr();
            try {
                return rows.hasNextValue() ? new ImportRecord(line, rows.nextValue()) : null;
            } catch (JsonProcessingException e) {
                throw new BadRecord(line, "The row cannot be read; it has too many columns or a quote too few.");
            }
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }

    /** One JSON object in each line. */
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
