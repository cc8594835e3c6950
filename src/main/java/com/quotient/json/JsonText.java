package com.quotient.json;

import com.fasterxml.jackson.core.JsonToken;
import com.quotient.json.InvalidJson.Fault;

/**
 * Writes compact JSON text and adds the commas. The caller makes sure that names and values alternate and that names
 * are unique. Used by one thread.
 */
public final class JsonText {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder(128);
    private int growth;

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

    /** Writes the name of a member; its value follows. */
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

    /** Writes a value that is already JSON text. */
    public JsonText raw(String json) {
        separate();
        text.append(json);
        return this;
    }

    /**
     * Writes JSON text as Postgres makes it of {@code jsonb}, without the spaces between its parts and with long
     * numbers as {@link #copy} writes them. So it is no longer than what was copied when it was stored.
     */
    public JsonText jsonb(String stored) {
        separate();
        char[] chars = stored.toCharArray();
        int from = 0;
        int i = 0;
        while (i < chars.length) {
            char c = chars[i];
            if (c == '"') {
                i = endOfString(chars, i);
            } else if (c == '-' || c >= '0' && c <= '9') {
                int end = endOfNumber(chars, i);
                text.append(chars, from, i - from);
                NumberText.append(text, chars, i, end - i);
                i = end;
                from = end;
            } else if (c == ' ') {
                text.append(chars, from, i - from);
                from = ++i;
            } else {
                i++;
            }
        }
        text.append(chars, from, chars.length - from);
        return this;
    }

    private static int endOfString(char[] chars, int start) {
        int i = start + 1;
        while (chars[i] != '"') {
            i += chars[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static int endOfNumber(char[] chars, int start) {
        int i = start;
        while (i < chars.length && chars[i] != ',' && chars[i] != ']' && chars[i] != '}') {
            i++;
        }
        return i;
    }

    /**
     * Copies the value the parser stands at and leaves the parser at its last token. Numbers keep their value and their
     * digits behind the point; they are written in plain form, but from 1e21 on and below 1e-6 with an exponent where
     * that is shorter.
     *
     * @param maxDepth how deep the value may reach, counted as {@link StrictParser#depth} does
     * @param maxLength how many characters this text may reach, not counting its {@link #growth}
     * @throws InvalidJson what the parser refuses, {@link Fault#TOO_DEEP} or {@link Fault#TOO_LONG}; what was written
     *     by then is of no use
     */
    public JsonText copy(StrictParser parser, int maxDepth, int maxLength) {
        int outer = parser.outerDepth();
        append(parser, maxDepth);
        while (parser.depth() > outer) {
            parser.nextToken();
            append(parser, maxDepth);
            if (text.length() - growth > maxLength) {
                throw parser.fault(Fault.TOO_LONG, "is too long.");
            }
        }
        return this;
    }

    /**
     * How many characters longer the numbers copied so far are than they were sent, as 1e20 is when written in plain
     * form.
     */
    public int growth() {
        return growth;
    }

    /** The text written so far. */
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
                parser.appendText(this::number);
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

    private void number(char[] chars, int offset, int length) {
        int begin = text.length();
        NumberText.append(text, chars, offset, length);
        growth += Math.max(0, text.length() - begin - length);
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
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> text.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
        }
    }
}
