package com.quotient.blog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.blog.ContentNode.Branch;
import com.quotient.blog.ContentNode.Branch.Kind;
import com.quotient.blog.ContentNode.CodeBlock;
import com.quotient.blog.ContentNode.Heading;
import com.quotient.blog.ContentNode.Image;
import com.quotient.blog.ContentNode.Leaf;
import com.quotient.blog.ContentNode.ListItem;
import com.quotient.blog.ContentNode.OrderedList;
import com.quotient.blog.ContentNode.Table;
import com.quotient.blog.ContentNode.TableCell;
import com.quotient.blog.ContentNode.TableCell.Align;
import com.quotient.blog.ContentNode.Text;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a content tree node by node. An unknown type or mark, a misplaced node and an unsafe URL are a 400 that names
 * the path. Unknown members and attributes are ignored; null counts as absent. Reading stops when the tree gets too
 * large.
 */
final class ContentReader {
    /** Maximum levels of nodes below the document. */
    static final int MAX_DEPTH = 32;

    static final String LANGUAGE = "[A-Za-z0-9+#._-]{1,40}";

    private static final Pattern LANGUAGE_PATTERN = Pattern.compile(LANGUAGE);

    private final ContentLimits limits;
    private int nodes;
    private long textBytes;

    private ContentReader(ContentLimits limits) {
        this.limits = limits;
    }

    /** The node types allowed at a place of the tree. */
    private enum Place {
        BLOCKS("a paragraph, heading, bulletList, orderedList, blockquote, codeBlock, table, image or horizontalRule"),
        ITEMS("a listItem"),
        ROWS("a tableRow"),
        CELLS("a tableCell"),
        INLINES("a text, an image or a hardBreak"),
        CODE("a text without marks");

        private final String allowed;

        Place(String allowed) {
            this.allowed = allowed;
        }
    }

    /** Reads the member {@code content} of a request. */
    static ContentNode read(JsonNode content, ContentLimits limits) {
        ObjectNode doc = object(content, "content");
        if (!type(doc, "content").equals(Kind.DOC.type())) {
            throw fault("content.type", "must be \"doc\".");
        }
        return new ContentReader(limits).branch(Kind.DOC, doc, "content", Place.BLOCKS, 0);
    }

    static boolean isLanguage(String language) {
        return LANGUAGE_PATTERN.matcher(language).matches();
    }

    private ContentNode node(JsonNode value, String path, Place place, int depth) {
        if (depth > MAX_DEPTH) {
            throw fault(path, "is nested too deep: " + MAX_DEPTH + " levels are the maximum.");
        }
        limits.checkNodes("content", ++nodes);
        ObjectNode node = object(value, path);
        String type = type(node, path);
        ContentNode read =
                switch (place) {
                    case BLOCKS -> block(type, node, path, depth);
                    case ITEMS -> type.equals("listItem") ? listItem(node, path, depth) : null;
                    case ROWS ->
                        type.equals(Kind.TABLE_ROW.type())
                                ? branch(Kind.TABLE_ROW, node, path, Place.CELLS, depth)
                                : null;
                    case CELLS -> type.equals("tableCell") ? tableCell(node, path, depth) : null;
                    case INLINES, CODE -> inline(type, node, path);
                };
        if (read == null) {
            throw fault(path + ".type", "must be " + place.allowed + " here, not \"" + shortened(type) + "\".");
        }
        return read;
    }

    private @Nullable ContentNode block(String type, ObjectNode node, String path, int depth) {
        return switch (type) {
            case "paragraph" -> branch(Kind.PARAGRAPH, node, path, Place.INLINES, depth);
            case "bulletList" -> branch(Kind.BULLET_LIST, node, path, Place.ITEMS, depth);
            case "orderedList" -> orderedList(node, path, depth);
            case "blockquote" -> branch(Kind.BLOCKQUOTE, node, path, Place.BLOCKS, depth);
            case "heading" -> heading(node, path, depth);
            case "codeBlock" -> codeBlock(node, path, depth);
            case "table" -> new Table(children(node, path, Place.ROWS, depth));
            case "image" -> image(node, path);
            case "horizontalRule" -> Leaf.HORIZONTAL_RULE;
            default -> null;
        };
    }

    private @Nullable ContentNode inline(String type, ObjectNode node, String path) {
        return switch (type) {
            case "text" -> text(node, path);
            case "image" -> image(node, path);
            case "hardBreak" -> Leaf.HARD_BREAK;
            default -> null;
        };
    }

    private Branch branch(Kind kind, ObjectNode node, String path, Place inside, int depth) {
        return new Branch(kind, children(node, path, inside, depth));
    }

    private Heading heading(ObjectNode node, String path, int depth) {
        Integer level = whole(attributes(node, path), "level", 1, 6, path + ".attrs");
        if (level == null) {
            throw fault(path + ".attrs.level", "is required.");
        }
        return new Heading(level, children(node, path, Place.INLINES, depth));
    }

    private OrderedList orderedList(ObjectNode node, String path, int depth) {
        Integer start = whole(attributes(node, path), "start", 0, OrderedList.MAX_START, path + ".attrs");
        return new OrderedList(start == null ? 1 : start, children(node, path, Place.ITEMS, depth));
    }

    private ListItem listItem(ObjectNode node, String path, int depth) {
        return new ListItem(
                flag(attributes(node, path), "checked", path + ".attrs"), children(node, path, Place.BLOCKS, depth));
    }

    private TableCell tableCell(ObjectNode node, String path, int depth) {
        ObjectNode attributes = attributes(node, path);
        Boolean header = flag(attributes, "header", path + ".attrs");
        String word = string(attributes, "align", path + ".attrs");
        Align align = word == null ? null : Align.named(word);
        if (word != null && align == null) {
            throw fault(path + ".attrs.align", "must be \"left\", \"center\" or \"right\", or be null.");
        }
        return new TableCell(Boolean.TRUE.equals(header), align, children(node, path, Place.INLINES, depth));
    }

    private CodeBlock codeBlock(ObjectNode node, String path, int depth) {
        ObjectNode attributes = attributes(node, path);
        String language = string(attributes, "language", path + ".attrs");
        if (language != null && !isLanguage(language)) {
            throw fault(
                    path + ".attrs.language",
                    "must have 1 to 40 letters, digits or characters of \"+#._-\", or be null.");
        }
        StringBuilder code = new StringBuilder();
        List<ContentNode> lines = children(node, path, Place.CODE, depth);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i) instanceof Text text && text.marks().equals(Marks.NONE)) {
                code.append(text.value());
            } else {
                throw fault(path + ".content[" + i + "]", "must be " + Place.CODE.allowed + ".");
            }
        }
        return new CodeBlock(language, code.toString());
    }

    private Image image(ObjectNode node, String path) {
        ObjectNode attributes = attributes(node, path);
        String src = string(attributes, "src", path + ".attrs");
        if (src == null || !Urls.isImage(src)) {
            throw fault(path + ".attrs.src", Urls.IMAGE_RULE);
        }
        String alt = string(attributes, "alt", path + ".attrs");
        Marks marks = marks(node, path);
        if (marks.bold() || marks.italic() || marks.strike() || marks.code()) {
            throw fault(path + ".marks", "can be nothing but a \"link\" on an image.");
        }
        return new Image(src, alt, marks.href());
    }

    private Text text(ObjectNode node, String path) {
        String text = string(node, "text", path);
        if (text == null || text.isEmpty()) {
            throw fault(path + ".text", "is required and must be a string that is not empty.");
        }
        countText(text);
        return new Text(text, marks(node, path));
    }

    private void countText(String text) {
        textBytes += Characters.utf8Length(text);
        limits.checkText(textBytes);
    }

    private static Marks marks(ObjectNode text, String path) {
        Marks marks = Marks.NONE;
        List<JsonNode> given = items(text, "marks", path);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < given.size(); i++) {
            String place = path + ".marks[" + i + "]";
            ObjectNode mark = object(given.get(i), place);
            String type = type(mark, place);
            if (!seen.add(type)) {
                throw fault(place, "is there twice.");
            }
            marks = switch (type) {
                case "bold" -> marks.withBold();
                case "italic" -> marks.withItalic();
                case "strike" -> marks.withStrike();
                case "code" -> marks.withCode();
                case "link" -> marks.withLink(href(mark, place));
                default ->
                    throw fault(
                            place + ".type",
                            "must be \"bold\", \"italic\", \"strike\", \"code\" or \"link\", not \"" + shortened(type)
                                    + "\".");
            };
        }
        return marks;
    }

    private static String href(ObjectNode link, String path) {
        String href = string(attributes(link, path), "href", path + ".attrs");
        if (href == null || !Urls.isLink(href)) {
            throw fault(path + ".attrs.href", Urls.LINK_RULE);
        }
        return href;
    }

    private List<ContentNode> children(ObjectNode node, String path, Place inside, int depth) {
        List<JsonNode> given = items(node, "content", path);
        List<ContentNode> children = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            children.add(node(given.get(i), path + ".content[" + i + "]", inside, depth + 1));
        }
        return children;
    }

    private static String type(ObjectNode node, String path) {
        String type = string(node, "type", path);
        if (type == null) {
            throw fault(path + ".type", "is required.");
        }
        return type;
    }

    private static ObjectNode attributes(ObjectNode node, String path) {
        JsonNode given = node.path("attrs");
        return given.isMissingNode() || given.isNull()
                ? JsonNodeFactory.instance.objectNode()
                : object(given, path + ".attrs");
    }

    private static ObjectNode object(JsonNode value, String path) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw fault(path, "must be an object.");
    }

    private static @Nullable String string(ObjectNode object, String name, String path) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw fault(path + "." + name, "must be a string.");
        }
        return value.textValue();
    }

    /** A whole number in any notation. */
    private static @Nullable Integer whole(ObjectNode object, String name, int min, int max, String path) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        BigDecimal number = value.isNumber() ? value.decimalValue() : null;
        if (number == null
                || number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0
                || number.stripTrailingZeros().scale() > 0) {
            throw fault(path + "." + name, "must be a whole number from " + min + " to " + max + ".");
        }
        return number.intValue();
    }

    private static @Nullable Boolean flag(ObjectNode object, String name, String path) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isBoolean()) {
            throw fault(path + "." + name, "must be true or false.");
        }
        return value.booleanValue();
    }

    private static List<JsonNode> items(ObjectNode object, String name, String path) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw fault(path + "." + name, "must be an array.");
        }
        List<JsonNode> items = new ArrayList<>(value.size());
        value.forEach(items::add);
        return items;
    }

    private static String shortened(String text) {
        return text.length() > 50 ? text.substring(0, 50) + "…" : text;
    }

    private static ProblemException fault(String path, String message) {
        return Problem.invalid(path, message).exception();
    }
}
