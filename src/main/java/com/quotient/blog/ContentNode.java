package com.quotient.blog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A valid node of a content tree, which renders as JSON, as HTML and as plain text. */
sealed interface ContentNode {

    ObjectNode json();

    /** Appends HTML in which all input is escaped. */
    void html(Html html);

    /** Appends the text; blocks end with a line break. */
    void text(StringBuilder text);

    /** The number of nodes, this one and its descendants. */
    default int count() {
        return 1;
    }

    /** A node with children. */
    sealed interface Parent extends ContentNode {
        String type();

        List<ContentNode> content();

        default void writeAttributes(ObjectNode attributes) {}

        @Override
        default ObjectNode json() {
            ObjectNode node = typed(type());
            ObjectNode attributes = JsonNodeFactory.instance.objectNode();
            writeAttributes(attributes);
            if (!attributes.isEmpty()) {
                node.set("attrs", attributes);
            }
            addContent(node, content());
            return node;
        }

        @Override
        default void text(StringBuilder text) {
            content().forEach(child -> child.text(text));
            text.append('\n');
        }

        @Override
        default int count() {
            int count = 1;
            for (ContentNode child : content()) {
                count += child.count();
            }
            return count;
        }
    }

    /** A node without attributes. */
    record Branch(Kind kind, List<ContentNode> content) implements Parent {
        /** The type, and its HTML element. */
        enum Kind {
            DOC("doc", null),
            PARAGRAPH("paragraph", "p"),
            BULLET_LIST("bulletList", "ul"),
            BLOCKQUOTE("blockquote", "blockquote"),
            TABLE_ROW("tableRow", "tr");

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
        public String type() {
            return kind.type;
        }

        @Override
        public void html(Html html) {
            if (kind.element == null) {
                content.forEach(child -> child.html(html));
            } else {
                html.element(kind.element, content);
            }
        }
    }

    /** A heading of level 1 to 6. */
    record Heading(int level, List<ContentNode> content) implements Parent {
        public Heading {
            content = List.copyOf(content);
        }

        @Override
        public String type() {
            return "heading";
        }

        @Override
        public void writeAttributes(ObjectNode attributes) {
            attributes.put("level", level);
        }

        @Override
        public void html(Html html) {
            html.element("h" + level, content);
        }
    }

    /** A list that counts from {@code start}, 0 to {@value #MAX_START}. */
    record OrderedList(int start, List<ContentNode> content) implements Parent {
        static final int MAX_START = 999_999_999;

        public OrderedList {
            content = List.copyOf(content);
        }

        @Override
        public String type() {
            return "orderedList";
        }

        @Override
        public void writeAttributes(ObjectNode attributes) {
            attributes.put("start", start);
        }

        @Override
        public void html(Html html) {
            html.orderedList(start, content);
        }
    }

    /** A list item. {@code checked} is null unless it is a task. */
    record ListItem(@Nullable Boolean checked, List<ContentNode> content) implements Parent {
        public ListItem {
            content = List.copyOf(content);
        }

        @Override
        public String type() {
            return "listItem";
        }

        @Override
        public void writeAttributes(ObjectNode attributes) {
            if (checked != null) {
                attributes.put("checked", checked);
            }
        }

        @Override
        public void html(Html html) {
            html.listItem(checked, content);
        }
    }

    /** Rows of cells. */
    record Table(List<ContentNode> content) implements Parent {
        public Table {
            content = List.copyOf(content);
        }

        @Override
        public String type() {
            return "table";
        }

        /** The leading rows of header cells form the table's head. */
        @Override
        public void html(Html html) {
            int head = 0;
            while (head < content.size() && isHeader(content.get(head))) {
                head++;
            }
            html.table(content.subList(0, head), content.subList(head, content.size()));
        }

        private static boolean isHeader(ContentNode row) {
            List<ContentNode> cells = ((Parent) row).content();
            return !cells.isEmpty() && cells.stream().allMatch(cell -> ((TableCell) cell).header());
        }
    }

    /** A cell with text; {@code align} is null when unspecified. */
    record TableCell(boolean header, @Nullable Align align, List<ContentNode> content) implements Parent {
        /** The alignment of a cell. */
        enum Align {
            LEFT,
            CENTER,
            RIGHT;

            /** The name on the wire and in HTML. */
            String word() {
                return name().toLowerCase(Locale.ROOT);
            }

            static @Nullable Align named(String word) {
                for (Align align : values()) {
                    if (align.word().equals(word)) {
                        return align;
                    }
                }
                return null;
            }
        }

        public TableCell {
            content = List.copyOf(content);
        }

        @Override
        public String type() {
            return "tableCell";
        }

        @Override
        public void writeAttributes(ObjectNode attributes) {
            attributes.put("header", header).put("align", align == null ? null : align.word());
        }

        @Override
        public void html(Html html) {
            html.cell(header, align == null ? null : align.word(), content);
        }
    }

    /** Lines of code. */
    record CodeBlock(@Nullable String language, String code) implements ContentNode {
        public CodeBlock {
            code = Characters.shown(code);
        }

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
    }

    /** An image, inline or as a block. {@code link} is its target, or null. */
    record Image(String src, @Nullable String alt, @Nullable String link) implements ContentNode {
        public Image {
            alt = alt == null ? null : Characters.shown(alt);
        }

        @Override
        public ObjectNode json() {
            ObjectNode node = typed("image");
            node.putObject("attrs").put("src", src).put("alt", alt);
            linked().writeTo(node);
            return node;
        }

        @Override
        public void html(Html html) {
            html.image(src, alt, linked());
        }

        /** Images do not count as words. */
        @Override
        public void text(StringBuilder text) {
            text.append(' ');
        }

        private Marks linked() {
            return link == null ? Marks.NONE : Marks.NONE.withLink(link);
        }
    }

    /** A node without content or attributes. */
    enum Leaf implements ContentNode {
        /** A line across the page. */
        HORIZONTAL_RULE("horizontalRule", "hr"),

        /** A line break within a paragraph. */
        HARD_BREAK("hardBreak", "br");

        private final String type;
        private final String element;

        Leaf(String type, String element) {
            this.type = type;
            this.element = element;
        }

        @Override
        public ObjectNode json() {
            return typed(type);
        }

        @Override
        public void html(Html html) {
            html.empty(element);
        }

        @Override
        public void text(StringBuilder text) {
            text.append('\n');
        }
    }

    /** Text with one set of marks. A line feed is shown as a line break. */
    record Text(String value, Marks marks) implements ContentNode {
        public Text {
            value = Characters.shown(value);
        }

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
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static void addContent(ObjectNode node, List<ContentNode> content) {
        ArrayNode array = node.putArray("content");
        content.forEach(child -> array.add(child.json()));
    }
}
