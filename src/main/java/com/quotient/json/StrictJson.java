package com.quotient.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.json.InvalidJson.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Decides which JSON text is accepted from outside: strict RFC 8259 in UTF-8 without a byte order mark, limited to what
 * every reader interprets alike, including Postgres {@code jsonb} (I-JSON, RFC 7493): no duplicate members, no lone
 * surrogates, no U+0000, numbers of at most {@value #MAX_NUMBER_DIGITS} digits in plain form. A text nests at most
 * {@value #MAX_DEPTH} levels, and one that becomes a tree has at most {@value #MAX_TREE_VALUES} values.
 */
public final class StrictJson {

    /** Maximum levels of arrays and objects in a text. */
    public static final int MAX_DEPTH = 1000;

    /**
     * Maximum digits of a number in plain form, as Postgres writes it: 1e63 has 64, and so has 1e-63. All are within
     * the range of a double.
     */
    public static final int MAX_NUMBER_DIGITS = 64;

    /** Maximum characters of a number as written, including leading and trailing zeros. */
    static final int MAX_NUMBER_LENGTH = 1000;

    /** Maximum values of a text that is read as a tree, where each takes up to 200 bytes of memory. */
    public static final int MAX_TREE_VALUES = 100_000;

    /** Jackson's own limits would end the text; {@link StrictParser} applies ours, so that reading can go on. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private StrictJson() {}

    /**
     * Opens a text for reading; its encoding is checked here, the rest while it is read.
     *
     * @throws InvalidJson if the bytes are not UTF-8, or start with a byte order mark
     */
    public static StrictParser parser(byte[] body) {
        String text = new String(body, UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            requireUtf8(body);
        }
        if (text.startsWith("\uFEFF")) {
            throw unreadable("The JSON text starts with a byte order mark: send it without one.");
        }
        // No JSON text holds a raw zero byte, and Jackson takes one near the start for UTF-16 or UTF-32.
        if (text.indexOf('\0') >= 0) {
            throw unreadable("The JSON text holds a zero byte: send it encoded in UTF-8.");
        }
        try {
            // In UTF-8, U+0000 and lone surrogates can come only from escapes: text without escapes need not be checked
            // for them.
            return new StrictParser(FACTORY.createParser(body), text.contains("\\u"));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed", e);
        }
    }

    /**
     * Reads a text that is one object, digits of numbers kept as they are.
     *
     * @throws InvalidJson if the text is anything else
     */
    public static ObjectNode object(byte[] body) {
        try (StrictParser parser = parser(body)) {
            parser.limitValues(MAX_TREE_VALUES);
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw unreadable("The body is empty: send a JSON object.");
            }
            if (first != JsonToken.START_OBJECT) {
                throw unreadable("The JSON text must be an object, between { and }.");
            }
            ObjectNode object = MAPPER.readTree(parser);
            parser.end();
            return object;
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed", e);
        }
    }

    /** The String constructor replaces what is malformed by U+FFFD; only this tells it from a U+FFFD that was sent. */
    private static void requireUtf8(byte[] body) {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        try {
            UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            throw unreadable("The JSON text is not valid UTF-8 at byte " + bytes.position() + ".");
        }
    }

    private static InvalidJson unreadable(String message) {
        return new InvalidJson(Fault.UNREADABLE, "", message);
    }
}
