package com.quotient.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * For every endpoint the inputs that cost the most: largest, deepest, most members, worst numbers, worst compression.
 */
final class WorstInputs {
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";

    /** What a private key may send to any endpoint but events and imports, and a little less than a batch of events. */
    private static final int MEBIBYTE = (1 << 20) - 200;

    private static final int BATCH = 520_000;

    /**
     * One request.
     *
     * @param encoding the {@code Content-Encoding}; empty for none
     */
    record Input(String name, String method, String path, String contentType, String encoding, Buffer body) {
        /** Whether the key is looked for in the body. */
        boolean isBeacon() {
            return contentType.startsWith("text/plain");
        }

        /** For the API at {@code base}; without the key where it is looked for in the body. */
        HttpRequest request(String base, String key, Duration timeout) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(timeout)
                    .method(
                            method,
                            body.length() == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.getBytes()));
            if (!isBeacon()) {
                request.header("Authorization", "Bearer " + key);
            }
            if (!contentType.isEmpty()) {
                request.header("Content-Type", contentType);
            }
            if (!encoding.isEmpty()) {
                request.header("Content-Encoding", encoding);
            }
            return request.build();
        }

        @Override
        public String toString() {
            return method + " " + path.split("\\?")[0] + ": " + name;
        }
    }

    private WorstInputs() {}

    static List<Input> all() {
        List<Input> all = new ArrayList<>();
        all.addAll(bodiesOfAnyEndpoint());
        all.addAll(events());
        all.addAll(imports());
        all.addAll(people());
        all.addAll(posts());
        all.addAll(documents());
        all.addAll(reads());
        return all;
    }

    private static List<Input> bodiesOfAnyEndpoint() {
        List<Input> inputs = new ArrayList<>();
        for (String target : List.of(
                "POST /audience/people",
                "POST /audience/companies",
                "POST /audience/lists",
                "POST /audience/lists/worst/people",
                "POST /audience/properties",
                "POST /blog",
                "POST /blog/authors",
                "POST /blog/tags",
                "POST /flow/flw_worst/trigger",
                "PUT /memory/worst",
                "POST /memory/search")) {
            String method = target.split(" ")[0];
            String path = target.split(" ")[1];
            inputs.add(json("one long text", method, path, "{\"name\":\"" + "a".repeat(MEBIBYTE - 20) + "\"}"));
            inputs.add(
                    json("one text of escapes", method, path, "{\"name\":\"" + fill("\\u0001", MEBIBYTE - 20) + "\"}"));
            inputs.add(json("deep arrays", method, path, "{\"a\":" + "[".repeat(MEBIBYTE / 2)));
            inputs.add(json("deep objects", method, path, fill("{\"a\":", MEBIBYTE)));
            inputs.add(json("most members", method, path, members(MEBIBYTE)));
            inputs.add(json("members of one hash", method, path, collidingMembers(MEBIBYTE)));
            inputs.add(json("one long number", method, path, "{\"a\":" + "9".repeat(MEBIBYTE - 20) + "}"));
            inputs.add(json("long fraction", method, path, "{\"a\":0." + "9".repeat(MEBIBYTE - 20) + "}"));
            inputs.add(json("large exponents", method, path, "{\"a\":[" + fill("1e999999999,", MEBIBYTE - 40) + "1]}"));
            inputs.add(json("empty arrays", method, path, "{\"a\":[" + fill("[],", MEBIBYTE - 40) + "1]}"));
            inputs.add(input("a bomb", method, path, JSON, "gzip", gzip("{\"a\":\"" + "a".repeat(20 << 20) + "\"}")));
            inputs.add(input("empty members of gzip", method, path, JSON, "gzip", emptyMembers(3000)));
        }
        return inputs;
    }

    private static List<Input> events() {
        String path = "/analytics";
        String numbers = "{\"eventType\":\"x\",\"n\":[" + fill("5e-324,", 30_000) + "1]}";
        String escapes = "{\"eventType\":\"x\",\"n\":\"" + fill("\\u0001", 32_000) + "\"}";
        String properties = "{\"eventType\":\"x\","
                + IntStream.range(0, 250).mapToObj(i -> "\"p" + i + "\":" + i).collect(Collectors.joining(",")) + "}";
        String deep = "{\"eventType\":\"x\",\"d\":" + "[".repeat(30) + "1" + "]".repeat(30) + "}";
        String wide = "{\"eventType\":\"x\",\"n\":[" + fill("[],", 32_000) + "1]}";
        return Stream.of(
                        json("numbers that Postgres writes out", "POST", path, batch(numbers)),
                        json(
                                "numbers of 64 digits",
                                "POST",
                                path,
                                batch("{\"eventType\":\"x\",\"n\":["
                                        + fill(
                                                "1234567890123456789012345678901234567890123456789012345678901234,",
                                                31_000)
                                        + "1]}")),
                        json("escapes", "POST", path, batch(escapes)),
                        json("most properties", "POST", path, batch(properties)),
                        json("deep", "POST", path, batch(deep)),
                        json("wide", "POST", path, batch(wide)),
                        json("empty objects", "POST", path, "[" + fill("{},", BATCH) + "{}]"),
                        json("smallest events", "POST", path, "[" + fill("{\"eventType\":\"x\"},", 499 * 18) + "{}]"),
                        json("members of one hash", "POST", path, "[" + collidingMembers(BATCH - 10) + "]"),
                        json("deep arrays", "POST", path, "[".repeat(BATCH)),
                        json(
                                "one long number",
                                "POST",
                                path,
                                "{\"eventType\":\"x\",\"n\":" + "9".repeat(BATCH - 50) + "}"),
                        input(
                                "beacon",
                                "POST",
                                path,
                                "text/plain",
                                "",
                                ("{\"a\":" + "[".repeat(65_000)).getBytes(UTF_8)),
                        input("a bomb", "POST", path, JSON, "gzip", gzip("[" + " ".repeat(20 << 20) + "]")),
                        input("best compression", "POST", path, JSON, "gzip", gzip(batch(properties))),
                        input("empty members of gzip", "POST", path, JSON, "gzip", emptyMembers(10_000)))
                .toList();
    }

    private static List<Input> imports() {
        String path = "/audience/people/import";
        String header = "emailAddress,firstName\n";
        return List.of(
                input("two million lines in 4 kB", "POST", path, NDJSON, "gzip", gzip("x\n".repeat(2_000_000))),
                input(
                        "lines that begin an object",
                        "POST",
                        path,
                        NDJSON,
                        "",
                        "{\n".repeat(500_000).getBytes(UTF_8)),
                input(
                        "deep lines",
                        "POST",
                        path,
                        NDJSON,
                        "",
                        ("[".repeat(60_000) + "\n").repeat(30).getBytes(UTF_8)),
                input("empty lines", "POST", path, NDJSON, "gzip", gzip("\n".repeat(4_000_000))),
                input("rows of commas", "POST", path, CSV, "gzip", gzip(header + ",\n".repeat(1_000_000))),
                input(
                        "wide rows",
                        "POST",
                        path,
                        CSV,
                        "",
                        (header + (",".repeat(60_000) + "\n").repeat(30)).getBytes(UTF_8)),
                input(
                        "wide header",
                        "POST",
                        path,
                        CSV,
                        "",
                        ("emailAddress" + ",a".repeat(30_000) + "\n").getBytes(UTF_8)),
                input("quotes", "POST", path, CSV, "", (header + fill("\"", 2_000_000)).getBytes(UTF_8)),
                input("quoted rows", "POST", path, CSV, "", (header + "\"a\"\"\n".repeat(300_000)).getBytes(UTF_8)),
                input("bad rows", "POST", path, CSV, "", (header + "a,b\n".repeat(500_000)).getBytes(UTF_8)),
                input("one line", "POST", path, NDJSON, "gzip", gzip("x".repeat(40_000_000))));
    }

    private static List<Input> people() {
        String entries = IntStream.range(0, 1000)
                .mapToObj(i ->
                        "{\"emailAddress\":\"worst" + i + "@example.com\",\"firstName\":\"" + "é".repeat(200) + "\"}")
                .collect(Collectors.joining(","));
        String longNames = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"emailAddress\":\"a@" + "ü".repeat(60) + i + ".example\"}")
                .collect(Collectors.joining(","));
        String properties = IntStream.range(0, 255)
                .mapToObj(i -> "\"p" + i + "\":\"" + "a".repeat(3900) + "\"")
                .collect(Collectors.joining(","));
        return List.of(
                json("a thousand entries", "POST", "/audience/lists/worst/people", "{\"people\":[" + entries + "]}"),
                json(
                        "a thousand names to translate",
                        "POST",
                        "/audience/lists/worst/people",
                        "{\"people\":[" + longNames + "]}"),
                json(
                        "a thousand to remove",
                        "DELETE",
                        "/audience/lists/worst/people",
                        "{\"people\":[" + entries + "]}"),
                json(
                        "largest properties",
                        "POST",
                        "/audience/people",
                        "{\"emailAddress\":\"worst@example.com\",\"properties\":{" + properties + "}}"),
                json(
                        "largest properties of a company",
                        "POST",
                        "/audience/companies",
                        "{\"domain\":\"worst.example.com\",\"properties\":{" + properties + "}}"));
    }

    private static List<Input> posts() {
        return markdown()
                .map(shape -> json(
                        "Markdown of " + shape[0],
                        "POST",
                        "/blog",
                        "{\"title\":\"x\",\"markdown\":" + quoted(fill(shape[1], 262_000)) + "}"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<Input> documents() {
        List<Input> inputs = markdown()
                .map(shape -> json(
                        "Markdown of " + shape[0],
                        "PUT",
                        "/memory/worst/document",
                        "{\"content\":" + quoted(fill(shape[1], 500_000)) + "}"))
                .collect(Collectors.toCollection(ArrayList::new));
        inputs.add(json(
                "words that are too long",
                "PUT",
                "/memory/worst/words",
                "{\"content\":" + quoted(fill("a".repeat(2050) + " ", MEBIBYTE - 100)) + "}"));
        inputs.add(json(
                "one letter", "PUT", "/memory/worst/letters", "{\"content\":" + quoted("a".repeat(900_000)) + "}"));
        inputs.add(json(
                "headings", "PUT", "/memory/worst/headings", "{\"content\":" + quoted(fill("# a\n", 500_000)) + "}"));
        inputs.add(json("search for one letter", "POST", "/memory/search", "{\"query\":\"" + "a".repeat(200) + "\"}"));
        inputs.add(json(
                "search for misspelt words",
                "POST",
                "/memory/search",
                "{\"query\":\"" + fill("mispselt wrods raelly ", 990) + "\"}"));
        inputs.add(
                json("search for many words", "POST", "/memory/search", "{\"query\":\"" + fill("a b ", 990) + "\"}"));
        return inputs;
    }

    private static List<Input> reads() {
        return Stream.of(
                        "/analytics/events?limit=100",
                        "/analytics/events?page=1000000&limit=100",
                        "/analytics/export",
                        "/analytics/series?interval=minute&from=2026-01-01T00:00:00.000Z&to=2026-01-07T00:00:00.000Z",
                        "/audience/people?limit=100",
                        "/audience/people?limit=100&search=" + "a".repeat(190),
                        "/audience/people/export?format=csv",
                        "/audience/people/export?format=ndjson",
                        "/audience/companies?limit=100",
                        "/audience/lists?limit=100",
                        "/audience/lists/worst/people?limit=100",
                        "/audience/properties?limit=100",
                        "/blog/list?limit=100",
                        "/blog/list?limit=100&tagIds=" + fill("tag_x,", 3000),
                        "/blog/list?limit=100&tagIds=" + fill("tag_x&tagIds=", 6000),
                        "/blog/authors?limit=100",
                        "/blog/tags",
                        "/memory/?deep=true",
                        "/memory/" + fill("a/", 1000),
                        "/memory/" + fill("%2e%2f", 6000),
                        "/memory/search?query=" + fill("ab+", 900),
                        "/whoami?" + fill("a&", 7000))
                .map(path -> input(
                        "read of " + path.substring(0, Math.min(60, path.length())), "GET", path, "", "", new byte[0]))
                .toList();
    }

    /** Shapes that readers of Markdown find hard, by name. */
    static Stream<String[]> markdown() {
        return Stream.of(new String[][] {
            {"emphasis", "*_* _ "},
            {"open emphasis", "*a _b "},
            {"strikethrough", "~~a ~b "},
            {"open brackets", "["},
            {"open images", "!["},
            {"links", "[a]("},
            {"nested links", "[a](b "},
            {"bullets", "* a\n"},
            {"nested bullets", "* * * * "},
            {"nested quotes", "> > > > "},
            {"deeper lists", "- a\n  - b\n    - c\n      - d\n        - e\n"},
            {"backticks", "`a``b```c````"},
            {"comments", "<!-- "},
            {"tags", "<a "},
            {"processing instructions", "<?"},
            {"entities", "&#1;&amp"},
            {"definitions", "[a]: b\n"},
            {"references", "[a][b]"},
            {"table rows", "|a|b|\n|-|-|\n"},
            {"table columns", "|a"},
            {"autolinks", "http://a.b "},
            {"addresses", "a@b."},
            {"escapes", "\\*"},
            {"headings", "# a\n"},
            {"rules", "***\n"},
            {"tasks", "- [ ] a\n"},
            {"tabs", "\t>\t- "},
            {"hard breaks", "a  \n"}
        });
    }

    /** Texts of one hash code, as many as fit. */
    private static String collidingMembers(int bytes) {
        StringBuilder json = new StringBuilder("{\"eventType\":\"x\"");
        for (int i = 0; json.length() < bytes - 60; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            json.append(",\"").append(name).append("\":1");
        }
        return json.append('}').toString();
    }

    private static String members(int bytes) {
        StringBuilder json = new StringBuilder("{\"a\":1");
        for (int i = 0; json.length() < bytes - 20; i++) {
            json.append(",\"").append(i).append("\":1");
        }
        return json.append('}').toString();
    }

    /** The event as often as it fits. */
    private static String batch(String event) {
        int max = Math.min(500, BATCH / (event.length() + 1));
        return "[" + Stream.generate(() -> event).limit(max).collect(Collectors.joining(",")) + "]";
    }

    private static Input input(
            String name, String method, String path, String contentType, String encoding, byte[] body) {
        return new Input(name, method, path, contentType, encoding, Buffer.buffer(body));
    }

    private static Input json(String name, String method, String path, String body) {
        return input(name, method, path, JSON, "", body.getBytes(UTF_8));
    }

    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t") + "\"";
    }

    static String fill(String piece, int length) {
        return piece.repeat(length / piece.length());
    }

    private static byte[] emptyMembers(int count) {
        byte[] one = gzip("");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(one);
        }
        return all.toByteArray();
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
