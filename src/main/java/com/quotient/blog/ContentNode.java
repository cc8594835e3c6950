package com.quotient.blog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node of a content tree that is as the wire wants it. It can be shown as JSON, as HTML and as plain text. */
sealed interface ContentNode {

    ObjectNode json();

    /** Appends HTML in which everything that came from outside is escaped. */
    void html(Html html);

    /** Appends the text; blocks end with a line break. */
    void text(StringBuilder text);

    /** This node and all below it. */
    int count();

    /** A node that consists of others and has no attributes. */
    record Branch(Kind kind, List<ContentNode> content) implements ContentNode {
        /** What it is, and its HTML element. */
        enum Kind {
            DOC("doc", null),
            PARAGRAPH("paragraph", "p"),
            BULLET_LIST("bulletList", "ul"),
            ORDERED_LIST("orderedList", "ol"),
            LIST_ITEM("listItem", "li"),
            BLOCKQUOTE("blockquote", "blockquote");

            private final String type;
            private final @Nullable String element;

            Kind(String type, @Nullable String element) {
                this.type = type;
                this.element = element;
            }

            String type() {
                return type;
            }
        }

        public Branch {
            content = List.copyOf(content);
        }

        @Override
        public ObjectNode json() {
            ObjectNode node = typed(kind.type);
            addContent(node, content);
            return node;
        }

        @Override
        public void html(Html html) {
            if (kind.element == null) {
                content.forEach(child -> child.html(html));
            } else {
                html.element(kind.element, content);
            }
        }

        @Override
        public void text(StringBuilder text) {
            content.forEach(child -> child.text(text));
            text.append('\n');
        }

        @Override
        public int count() {
            return countAll(content);
        }
    }

    /** A heading of level 1 to 6. */
    record Heading(int level, List<ContentNode> content) implements ContentNode {
        public Heading {
            content = List.copyOf(content);
        }

        @Override
        public ObjectNode json() {
            ObjectNode node = typed("heading");
            node.putObject("attrs").put("level", level);
            addContent(node, content);
            return node;
        }

        @Override
        public void html(Html html) {
            html.element("h" + level, content);
        }

        @Override
        public void text(StringBuilder text) {
            content.forEach(child -> child.text(text));
            text.append('\n');
        }

        @Override
        public int count() {
            return countAll(content);
        }
    }

    /** Lines of code. */
    record CodeBlock(@Nullable String language, String code) implements ContentNode {
        @Override
        public ObjectNode json() {
            ObjectNode node = typed("codeBlock");
            node.putObject("attrs").put("language", language);
            addContent(node, code.isEmpty() ? List.of() : List.of(new Text(code, Marks.NONE)));
            return node;
        }

        @Override
        public void html(Html html) {
            html.codeBlock(language, code);
        }

        @Override
        public void text(StringBuilder text) {
            text.append(code).append('\n');
        }

        @Override
        public int count() {
            return 1;
        }
    }

    /** A picture; it may stand among text or alone. */
    record Image(String src, @Nullable String alt) implements ContentNode {
        @Override
        public ObjectNode json() {
            ObjectNode node = typed("image");
            node.putObject("attrs").put("src", src).put("alt", alt);
            return node;
        }

        @Override
        public void html(Html html) {
            html.image(src, alt);
        }

        /** What an image shows is not counted as words. */
        @Override
        public void text(StringBuilder text) {
            text.append(' ');
        }

        @Override
        public int count() {
            return 1;
        }
    }

    /** A line across the page. */
    record HorizontalRule() implements ContentNode {
        @Override
        public ObjectNode json() {
            return typed("horizontalRule");
        }

        @Override
        public void html(Html html) {
            html.rule();
        }

        @Override
        public void text(StringBuilder text) {
            text.append('\n');
        }

        @Override
        public int count() {
            return 1;
        }
    }

    /** Text that is set in one way throughout. A line feed in it is a line break. */
    record Text(String value, Marks marks) implements ContentNode {
        @Override
        public ObjectNode json() {
            ObjectNode node = typed("text").put("text", value);
            marks.writeTo(node);
            return node;
        }

        @Override
        public void html(Html html) {
            html.text(value, marks);
        }

        @Override
        public void text(StringBuilder text) {
            text.append(value);
        }

        @Override
        public int count() {
            return 1;
        }
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static void addContent(ObjectNode node, List<ContentNode> content) {
        ArrayNode array = node.putArray("content");
        content.forEach(child -> array.add(child.json()));
    }

    private static int countAll(List<ContentNode> content) {
        int count = 1;
        for (ContentNode child : content) {
            count += child.count();
        }
        return count;
    }
}
