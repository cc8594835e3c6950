package com.quotient.blog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The marks of a text. {@code href} is null unless it is a link. */
record Marks(
        boolean bold,
        boolean italic,
        boolean strike,
        boolean code,
        @Nullable String href) {
    static final Marks NONE = new Marks(false, false, false, false, null);

    Marks withBold() {
        return new Marks(true, italic, strike, code, href);
    }

    Marks withItalic() {
        return new Marks(bold, true, strike, code, href);
    }

    Marks withStrike() {
        return new Marks(bold, italic, true, code, href);
    }

    Marks withCode() {
        return new Marks(bold, italic, strike, true, href);
    }

    Marks withLink(String url) {
        return new Marks(bold, italic, strike, code, url);
    }

    /** Without marks the member is left out. */
    void writeTo(ObjectNode node) {
        if (equals(NONE)) {
            return;
        }
        ArrayNode marks = node.putArray("marks");
        if (href != null) {
            marks.addObject().put("type", "link").putObject("attrs").put("href", href);
        }
        if (bold) {
            marks.addObject().put("type", "bold");
        }
        if (italic) {
            marks.addObject().put("type", "italic");
        }
        if (strike) {
            marks.addObject().put("type", "strike");
        }
        if (code) {
            marks.addObject().put("type", "code");
        }
    }
}
