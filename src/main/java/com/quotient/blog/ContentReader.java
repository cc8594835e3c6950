package com.quotient.blog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.blog.ContentNode.Branch;
import com.quotient.blog.ContentNode.Branch.Kind;
import com.quotient.blog.ContentNode.CodeBlock;
import com.quotient.blog.ContentNode.Heading;
import com.quotient.blog.ContentNode.HorizontalRule;
import com.quotient.blog.ContentNode.Image;
import com.quotient.blog.ContentNode.Text;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a content tree as it was sent, node by node. An unknown type or mark, a node where it cannot stand and an unsafe URL
 * are a 400 that names the path. Unknown members and attributes are left out; one that is null counts as absent.
 */
final class ContentReader {
    /** Levels of nodes below the document. */
    static final int MAX_DEPTH = 32;

    static final String LANGUAGE = "[A-Za-z0-9+#._-]{1,40}";

    private static final Pattern LANGUAGE_PATTERN = Pattern.compile(LANGUAGE);

    private ContentReader() {}

    /** What may stand at some place of the tree. */
    private enum Place {
        BLOCKS("a paragraph, heading, bulletList, orderedList, blockquote, codeBlock, image or horizontalRule"),
        ITEMS("a listItem"),
        INLINES("a text or an image"),
        CODE("a text without marks");

        private final String allowed;

        Place(String allowed) {
            this.allowed = allowed;
        }
    }

    /** Reads the member {@code content} of a request. */
    static ContentNode read(JsonNode content) {
        ObjectNode doc = object(content, "content");
        if (!type(doc, "content").equals(Kind.DOC.type())) {
            throw fault("content.type", "must be \"doc\".");
        }
        return branch(Kind.DOC, doc, "content", Place.BLOCKS, 0);
    }

    static boolean isLanguage(String language) {
        return LANGUAGE_PATTERN.matcher(language).matches();
    }

    private static ContentNode node(JsonNode value, String path, Place place, int depth) {
        if (depth > MAX_DEPTH) {
            throw fault(path, "is nested too deep: " + MAX_DEPTH + " levels are the most.");
        }
        ObjectNode node = object(value, path);
        String type = type(node, path);
        ContentNode read =
                switch (place) {
                    case BLOCKS -> block(type, node, path, depth);
                    case ITEMS ->
                        type.equals(Kind.LIST_ITEM.type())
                                ? branch(Kind.LIST_ITEM, node, path, Place.BLOCKS, depth)
                                : null;
                    case INLINES, CODE -> inline(type, node, path);
                };
        if (read == null) {
            throw fault(path + ".type", "must be " + place.allowed + " here, not \"" + shortened(type) + "\".");
        }
        return read;
    }

    private static @Nullable ContentNode block(String type, ObjectNode node, String path, int depth) {
        return switch (type) {
            case "paragraph" -> branch(Kind.PARAGRAPH, node, path, Place.INLINES, depth);
            case "bulletList" -> branch(Kind.BULLET_LIST, node, path, Place.ITEMS, depth);
            case "orderedList" -> branch(Kind.ORDERED_LIST, node, path, Place.ITEMS, depth);
            case "blockquote" -> branch(Kind.BLOCKQUOTE, node, path, Place.BLOCKS, depth);
            case "heading" -> heading(node, path, depth);
            case "codeBlock" -> codeBlock(node, path, depth);
            case "image" -> image(node, path);
            case "horizontalRule" -> new HorizontalRule();
            default -> null;
        };
    }

    private static @Nullable ContentNode inline(String type, ObjectNode node, String path) {
        return switch (type) {
            case "text" -> text(node, path);
            case "image" -> image(node, path);
            default -> null;
        };
    }

    private static Branch branch(Kind kind, ObjectNode node, String path, Place inside, int depth) {
        return new Branch(kind, children(node, path, inside, depth));
    }

    private static Heading heading(ObjectNode node, String path, int depth) {
        ObjectNode attributes = attributes(node, path);
        JsonNode level = attributes.path("level");
        if (!level.isIntegralNumber() || level.longValue() < 1 || level.longValue() > 6) {
            throw fault(path + ".attrs.level", "must be a whole number from 1 to 6.");
        }
        return new Heading(level.intValue(), children(node, path, Place.INLINES, depth));
    }

    private static CodeBlock codeBlock(ObjectNode node, String path, int depth) {
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

    private static Image image(ObjectNode node, String path) {
        ObjectNode attributes = attributes(node, path);
        String src = string(attributes, "src", path + ".attrs");
        if (src == null || !Urls.isImage(src)) {
            throw fault(path + ".attrs.src", Urls.IMAGE_RULE);
        }
        return new Image(src, string(attributes, "alt", path + ".attrs"));
    }

    private static Text text(ObjectNode node, String path) {
        String text = string(node, "text", path);
        if (text == null || text.isEmpty()) {
            throw fault(path + ".text", "is required and must be a string that is not empty.");
        }
        return new Text(text, marks(node, path));
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
                case "code" -> marks.withCode();
                case "link" -> marks.withLink(href(mark, place));
                default ->
                    throw fault(
                            place + ".type",
                            "must be \"bold\", \"italic\", \"code\" or \"link\", not \"" + shortened(type) + "\".");
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

    private static List<ContentNode> children(ObjectNode node, String path, Place inside, int depth) {
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
