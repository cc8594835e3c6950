package com.quotient.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.quotient.json.InvalidJson.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text token by token and refuses, at the token where it stands, what {@link StrictJson} does not
 * accept. After any fault but {@link Fault#UNREADABLE} the reader may {@linkplain #skipTo skip} the value at fault and
 * go on. The end of the text is checked only when it is {@linkplain #end reached}.
 */
public final class StrictParser extends JsonParserDelegate {

    /** Maximum steps of a path in a message. */
    private static final int SHOWN_STEPS = 10;

    private final boolean escaped;

    /** Member names seen so far, by depth; kept for the next object of that depth. */
    private final List<MemberNames> names = new ArrayList<>();

    private int depth;
    private int values;
    private int maxValues = Integer.MAX_VALUE;
    private boolean complete;

    StrictParser(JsonParser parser, boolean escaped) {
        super(parser);
        this.escaped = escaped;
        names.add(new MemberNames());
    }

    /** Makes a text with more values than these unreadable, as one that becomes a tree costs memory for each. */
    void limitValues(int max) {
        maxValues = max;
    }

    /** {@inheritDoc} Refuses what does not belong into the text. */
    @Override
    public @Nullable JsonToken nextToken() {
        JsonToken token = advance();
        if (token == null) {
            return null;
        }
        switch (token) {
            case FIELD_NAME -> {
                if (!names.get(depth).add(currentName())) {
                    throw fault(Fault.DUPLICATE_MEMBER, "appears twice in its object: send it once.");
                }
                checkCharacters();
            }
            case VALUE_STRING -> checkCharacters();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> checkNumber();
            default -> {}
        }
        return token;
    }

    @Override
    public @Nullable JsonToken nextValue() {
        JsonToken token = nextToken();
        return token == JsonToken.FIELD_NAME ? nextToken() : token;
    }

    @Override
    public StrictParser skipChildren() {
        int outer = outerDepth();
        while (depth > outer) {
            nextToken();
        }
        return this;
    }

    /**
     * Skips the faulty value: reads on, checking only the syntax, until {@code outer} levels are open.
     *
     * @throws InvalidJson if the text is unreadable
     */
    public void skipTo(int outer) {
        while (depth > outer) {
            advance();
        }
    }

    /** As {@link #skipTo(int)}, for a maximum of tokens; returns whether that was enough. */
    public boolean skipTo(int outer, int tokens) {
        for (int i = 0; i < tokens && depth > outer; i++) {
            advance();
        }
        return depth <= outer;
    }

    /**
     * Reads the end of the text, which must follow once its value was read.
     *
     * @throws InvalidJson if anything but white space follows
     */
    public void end() {
        advance();
    }

    /** The number of open arrays and objects, including one that starts at this token. */
    public int depth() {
        return depth;
    }

    /** The number of arrays and objects around the value that starts or ends at this token. */
    public int outerDepth() {
        JsonToken token = currentToken();
        return token != null && token.isStructStart() ? depth - 1 : depth;
    }

    /** The number of bytes read, including an array or object that ends here. */
    public long bytesRead() {
        return currentLocation().getByteOffset();
    }

    @Override
    public String currentName() {
        try {
            return delegate.currentName();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public String getText() {
        try {
            return delegate.getText();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Appends the text of the string or number at this token, saving the String that {@link #getText} would make. */
    void appendText(TextSink sink) {
        try {
            sink.append(delegate.getTextCharacters(), delegate.getTextOffset(), delegate.getTextLength());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    interface TextSink {
        void append(char[] chars, int offset, int length);
    }

    @Override
    public void close() {
        try {
            delegate.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Closing a text in memory failed", e);
        }
    }

    /** The fault of the value or member at this token. */
    InvalidJson fault(Fault fault, String predicate) {
        String path = path();
        String subject = path.isEmpty() ? "The value " : "The member " + path + " ";
        return new InvalidJson(fault, path, subject + predicate);
    }

    /** One step, with the checks that concern the text as a whole. */
    private @Nullable JsonToken advance() {
        JsonToken token;
        try {
            token = delegate.nextToken();
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (token == null) {
            return null;
        }
        if (complete) {
            throw unreadable("The JSON text goes on after its value, at " + place(currentTokenLocation())
                    + ": send one value only.");
        }
        if ((token.isScalarValue() || token.isStructStart()) && ++values > maxValues) {
            throw unreadable("The JSON text has more than " + maxValues + " values.");
        }
        if (token.isStructStart()) {
            open();
        } else if (token.isStructEnd()) {
            depth--;
        }
        complete = depth == 0;
        return token;
    }

    private void open() {
        if (++depth > StrictJson.MAX_DEPTH) {
            throw unreadable("The JSON text nests deeper than " + StrictJson.MAX_DEPTH + " levels.");
        }
        if (depth == names.size()) {
            names.add(new MemberNames());
        } else {
            names.get(depth).clear();
        }
    }

    private void checkCharacters() {
        if (escaped) {
            appendText(this::checkCharacters);
        }
    }

    private void checkCharacters(char[] chars, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            char c = chars[i];
            if (c == 0) {
                throw fault(
                        Fault.INVALID_CHARACTER, "holds the character U+0000, which cannot be stored: leave it out.");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < end && Character.isSurrogatePair(c, chars[i + 1]);
                if (!pair) {
                    throw fault(
                            Fault.INVALID_CHARACTER,
                            "holds half of a surrogate pair, which is no character: cut text between characters only.");
                }
                i++;
            }
        }
    }

    private void checkNumber() {
        appendText(this::checkNumber);
    }

    private void checkNumber(char[] chars, int offset, int length) {
        if (length > StrictJson.MAX_NUMBER_LENGTH
                || !NumberText.fits(chars, offset, length, StrictJson.MAX_NUMBER_DIGITS)) {
            throw fault(
                    Fault.NUMBER_OUT_OF_RANGE,
                    "is a number of more than " + StrictJson.MAX_NUMBER_DIGITS
                            + " digits when it is written without an exponent: send it as a string.");
        }
    }

    private String path() {
        Deque<String> steps = new ArrayDeque<>();
        for (JsonStreamContext c = getParsingContext(); c != null && !c.inRoot(); c = c.getParent()) {
            if (c.inArray() && c.hasCurrentIndex()) {
                steps.addFirst("[" + c.getCurrentIndex() + "]");
            } else if (c.inObject() && c.hasCurrentName()) {
                steps.addFirst("." + shown(c.getCurrentName()));
            }
        }
        StringBuilder path = new StringBuilder();
        steps.stream().limit(SHOWN_STEPS).forEach(path::append);
        if (steps.size() > SHOWN_STEPS) {
            path.append(".…");
        }
        return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
    }

    /** A plain name as it is; a long or unsafe name is not shown. */
    private static String shown(String name) {
        boolean plain = !name.isEmpty() && name.length() <= 64 && name.chars().allMatch(StrictParser::isPlain);
        return plain ? name : "?";
    }

    private static boolean isPlain(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '$');
    }

    /** Jackson's own messages repeat the input. */
    private static InvalidJson unreadable(IOException e) {
        if (e instanceof JsonEOFException) {
            return unreadable("The JSON text ends before it is complete.");
        }
        JsonLocation location = e instanceof JsonProcessingException json ? json.getLocation() : null;
        return unreadable("The JSON text is not valid" + (location == null ? "." : " at " + place(location) + "."));
    }

    private static InvalidJson unreadable(String message) {
        return new InvalidJson(Fault.UNREADABLE, "", message);
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
