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
     * Writes the JSON text of a {@code jsonb} value without spaces, and with long numbers as in {@link #copy}. So it is
     * no longer than the text that was stored.
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
     * Copies the value at the parser's token and leaves the parser at its last token. Numbers keep their value and
     * their digits after the point. They are written in plain form; from 1e21 on and below 1e-6 with an exponent if
     * that is shorter.
     *
     * @param maxDepth the maximum depth of the value, as {@link StrictParser#depth} counts it
     * @param maxLength the maximum characters of this text, without its {@link #growth}
     * @throws InvalidJson for what the parser refuses, {@link Fault#TOO_DEEP} or {@link Fault#TOO_LONG}; the text is
     *     then incomplete
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

    /** By how many characters the copied numbers are longer than they were sent, such as 1e20 in plain form. */
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

    /** Writes a comma, unless the text has just opened an array or object or named a member. */
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
