package com.quotient.blog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** How a text is set. {@code href} is null for what is no link. */
record Marks(
        boolean bold,
        boolean italic,
        boolean code,
        @Nullable String href) {
    static final Marks NONE = new Marks(false, false, false, null);

    Marks withBold() {
        return new Marks(true, italic, code, href);
    }

    Marks withItalic() {
        return new Marks(bold, true, code, href);
    }

    Marks withCode() {
        return new Marks(bold, italic, true, href);
    }

    Marks withLink(String url) {
        return new Marks(bold, italic, code, url);
    }

    /** Without marks the member is left out. */
    void writeTo(ObjectNode text) {
        if (equals(NONE)) {
            return;
        }
        ArrayNode marks = text.putArray("marks");
        if (href != null) {
            marks.addObject().put("type", "link").putObject("attrs").put("href", href);
        }
        if (bold) {
            marks.addObject().put("type", "bold");
        }
        if (italic) {
            marks.addObject().put("type", "italic");
        }
        if (code) {
            marks.addObject().put("type", "code");
        }
    }
}
