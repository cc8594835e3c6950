package com.quotient.json;

import com.fasterxml.jackson.core.JsonToken;
import com.quotient.json.InvalidJson.Fault;

/**
 * Compact JSON text while it is written; commas come by themselves. That names and values take turns, each name once in
 * its object, is up to the writer. Belongs to one thread.
 */
public final class JsonText {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder(128);

    public JsonText startObject() {
        separate();
        text.append('{');
        return this;
    }

    public JsonText endObject() {
        text.append('}');
        return this;
    }

    public JsonText startArray() {
        separate();
        text.append('[');
        return this;
    }

    public JsonText endArray() {
        text.append(']');
        return this;
    }

    /** Starts a member; its value comes next. */
    public JsonText name(String name) {
        separate();
        quote(name);
        text.append(':');
        return this;
    }

    public JsonText string(String value) {
        separate();
        quote(value);
        return this;
    }

    /** Writes a value that is JSON text already. */
    public JsonText raw(String json) {
        separate();
        text.append(json);
        return this;
    }

    /**
     * Copies the value the parser stands at, numbers to the digit, and leaves the parser at its last token.
     *
     * @param maxDepth how deep the value may reach, counted as {@link StrictParser#depth} does
     * @throws InvalidJson what the parser refuses, or {@link Fault#TOO_DEEP}; what was written by then is of no use
     */
    public JsonText copy(StrictParser parser, int maxDepth) {
        int outer = parser.outerDepth();
        append(parser, maxDepth);
        while (parser.depth() > outer) {
            parser.nextToken();
            append(parser, maxDepth);
        }
        return this;
    }

    /** What was written so far. */
    @Override
    public String toString() {
        return text.toString();
    }

    private void append(StrictParser parser, int maxDepth) {
        JsonToken token = parser.currentToken();
        switch (token) {
            case START_OBJECT, START_ARRAY -> {
                if (parser.depth() > maxDepth) {
                    throw parser.fault(Fault.TOO_DEEP, "nests too deep: flatten it.");
                }
                separate();
                text.append(token.asString());
            }
            case END_OBJECT, END_ARRAY -> text.append(token.asString());
            case FIELD_NAME -> name(parser.currentName());
            case VALUE_STRING -> {
                separate();
                parser.appendText(this::quote);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                separate();
                parser.appendText(text::append);
            }
            default -> {
                separate();
                text.append(token.asString());
            }
        }
    }

    /** Writes the comma that is due unless the text just opened something, or named a member. */
    private void separate() {
        if (text.isEmpty()) {
            return;
        }
        switch (text.charAt(text.length() - 1)) {
            case '{', '[', ':' -> {}
            default -> text.append(',');
        }
    }

    private void quote(String value) {
        quote(value.toCharArray(), 0, value.length());
    }

    private void quote(char[] chars, int offset, int length) {
        text.append('"');
        int from = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (mustEscape(chars[i])) {
                text.append(chars, from, i - from);
                escape(chars[i]);
                from = i + 1;
            }
        }
        text.append(chars, from, end - from).append('"');
    }

    private static boolean mustEscape(char c) {
        return c < ' ' || c == '"' || c == '\\';
    }

    private void escape(char c) {
        switch (c) {
            case '"', '\\' -> text.append('\\').append(c);
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> text.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
        }
    }
}
