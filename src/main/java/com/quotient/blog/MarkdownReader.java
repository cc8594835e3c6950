package com.quotient.blog;

import com.quotient.blog.ContentNode.Branch;
import com.quotient.blog.ContentNode.Branch.Kind;
import com.quotient.blog.ContentNode.CodeBlock;
import com.quotient.blog.ContentNode.Leaf;
import com.quotient.blog.ContentNode.Table;
import com.quotient.blog.ContentNode.TableCell.Align;
import com.quotient.blog.ContentNode.Text;
import com.quotient.markdown.BoundedMarkdown;
import com.quotient.markdown.BoundedMarkdown.Parsed;
import com.quotient.problem.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.gfm.strikethrough.Strikethrough;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.task.list.items.TaskListItemMarker;
import org.commonmark.ext.task.list.items.TaskListItemsExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * Reads GitHub Flavored Markdown (tables, strikethrough, task lists, autolinks) as a content tree. Every text is valid
 * Markdown, so only its cost can be refused. Input that the tree cannot hold is converted:
 *
 * <ul> <li>HTML becomes text, except that comments are dropped and {@code <br>} is a line break; <li>a link or an image
 * with an unsafe URL keeps only its text; <li>titles of links and images are dropped; <li>blocks deeper than
 * {@value ContentReader#MAX_DEPTH} levels become text. </ul>
 */
final class MarkdownReader {
    private static final List<Extension> EXTENSIONS = List.of(
            TablesExtension.create(),
            StrikethroughExtension.create(),
            TaskListItemsExtension.create(),
            AutolinkExtension.create());

    private static final Pattern LINE_BREAK = Pattern.compile("(?i)<br\\s*/?>");

    private MarkdownReader() {}

    /** Takes linear time and memory; fails with a 400 for input that would take more. */
    static ContentNode read(String markdown, ContentLimits limits) {
        Parser.Builder parser = Parser.builder()
                .maxOpenBlockParsers(ContentReader.MAX_DEPTH)
                .maxInlineNesting(ContentReader.MAX_DEPTH)
                .inlineParserFactory(context -> new BoundedInlines(context, limits))
                .extensions(EXTENSIONS);
        Parsed parsed = BoundedMarkdown.parse(parser, markdown, limits.maxParserBytes());
        if (!parsed.complete()) {
            throw Problem.invalid(
                            "markdown",
                            "has too many lines, list items and quotes for one post: split it into several posts.")
                    .exception();
        }
        return new Branch(Kind.DOC, blocks(parsed.document()));
    }

    private static List<ContentNode> blocks(Node parent) {
        List<ContentNode> blocks = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            ContentNode block = block(node);
            if (block != null) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    /** Null for nodes that are not shown. */
    private static @Nullable ContentNode block(Node node) {
        if (node instanceof Paragraph) {
            return paragraph(inlines(node));
        } else if (node instanceof Heading heading) {
            return new ContentNode.Heading(heading.getLevel(), inlines(node));
        } else if (node instanceof BulletList) {
            return new Branch(Kind.BULLET_LIST, blocks(node));
        } else if (node instanceof OrderedList list) {
            return orderedList(list);
        } else if (node instanceof ListItem) {
            return new ContentNode.ListItem(checked(node), blocks(node));
        } else if (node instanceof TableBlock) {
            return new Table(rows(node));
        } else if (node instanceof BlockQuote) {
            return new Branch(Kind.BLOCKQUOTE, blocks(node));
        } else if (node instanceof FencedCodeBlock code) {
            return new CodeBlock(language(code.getInfo()), withoutLastBreak(code.getLiteral()));
        } else if (node instanceof IndentedCodeBlock code) {
            return new CodeBlock(null, withoutLastBreak(code.getLiteral()));
        } else if (node instanceof ThematicBreak) {
            return Leaf.HORIZONTAL_RULE;
        } else if (node instanceof HtmlBlock html) {
            String text = withoutComments(html.getLiteral()).strip();
            return text.isEmpty() ? null : paragraph(List.of(new Text(text, Marks.NONE)));
        }
        return null;
    }

    private static ContentNode.OrderedList orderedList(OrderedList list) {
        Integer start = list.getMarkerStartNumber();
        return new ContentNode.OrderedList(start == null ? 1 : start, blocks(list));
    }

    /** Null unless the item is a task. */
    private static @Nullable Boolean checked(Node item) {
        return item.getFirstChild() instanceof TaskListItemMarker marker ? marker.isChecked() : null;
    }

    /** The parser separates head and body, and gives each row as many cells as the first. */
    private static List<ContentNode> rows(Node table) {
        List<ContentNode> rows = new ArrayList<>();
        for (Node part = table.getFirstChild(); part != null; part = part.getNext()) {
            for (Node row = part.getFirstChild(); row instanceof TableRow; row = row.getNext()) {
                rows.add(new Branch(Kind.TABLE_ROW, cells(row)));
            }
        }
        return rows;
    }

    private static List<ContentNode> cells(Node row) {
        List<ContentNode> cells = new ArrayList<>();
        for (Node node = row.getFirstChild(); node instanceof TableCell cell; node = node.getNext()) {
            Align align = cell.getAlignment() == null
                    ? null
                    : Align.valueOf(cell.getAlignment().name());
            cells.add(new ContentNode.TableCell(cell.isHeader(), align, inlines(cell)));
        }
        return cells;
    }

    /** An image alone in a paragraph is a block. */
    private static @Nullable ContentNode paragraph(List<ContentNode> inlines) {
        if (inlines.isEmpty()) {
            return null;
        }
        return inlines.size() == 1 && inlines.get(0) instanceof ContentNode.Image image
                ? image
                : new Branch(Kind.PARAGRAPH, inlines);
    }

    private static List<ContentNode> inlines(Node parent) {
        Line line = new Line();
        Deque<Marks> outer = new ArrayDeque<>();
        Marks marks = Marks.NONE;
        Node node = parent.getFirstChild();
        while (node != null) {
            if (isSpan(node) && node.getFirstChild() != null) {
                outer.push(marks);
                marks = marked(node, marks);
                node = node.getFirstChild();
                continue;
            }
            line.add(node, marks);
            while (node.getNext() == null && node.getParent() != parent) {
                node = node.getParent();
                marks = outer.pop();
            }
            node = node.getNext();
        }
        return line.end();
    }

    private static boolean isSpan(Node node) {
        return node instanceof Emphasis
                || node instanceof StrongEmphasis
                || node instanceof Strikethrough
                || node instanceof Link;
    }

    private static Marks marked(Node span, Marks marks) {
        if (span instanceof StrongEmphasis) {
            return marks.withBold();
        }
        if (span instanceof Link link) {
            String url = Urls.encoded(link.getDestination());
            return Urls.isLink(url) ? marks.withLink(url) : marks;
        }
        if (span instanceof Strikethrough) {
            return marks.withStrike();
        }
        return marks.withItalic();
    }

    private static @Nullable String language(@Nullable String info) {
        String first = info == null ? "" : info.strip().split("\\s", 2)[0];
        return ContentReader.isLanguage(first) ? first : null;
    }

    private static String withoutLastBreak(String code) {
        return code.endsWith("\n") ? code.substring(0, code.length() - 1) : code;
    }

    /** A comment without an end is text. */
    private static String withoutComments(String html) {
        StringBuilder rest = new StringBuilder();
        int from = 0;
        for (int start = html.indexOf("<!--"); start >= 0; start = html.indexOf("<!--", from)) {
            int end = html.indexOf("-->", start);
            if (end < 0) {
                break;
            }
            rest.append(html, from, start);
            from = end + "-->".length();
        }
        return rest.append(html, from, html.length()).toString();
    }

    /** The inline content of a block; adjacent text with equal marks is merged. */
    private static final class Line {
        private final List<ContentNode> content = new ArrayList<>();
        private final StringBuilder run = new StringBuilder();
        private Marks runMarks = Marks.NONE;

        List<ContentNode> end() {
            endRun();
            return content;
        }

        void add(Node node, Marks marks) {
            if (node instanceof org.commonmark.node.Text text) {
                add(text.getLiteral(), marks);
            } else if (node instanceof Code code) {
                add(code.getLiteral(), marks.withCode());
            } else if (node instanceof SoftLineBreak) {
                add(" ", marks);
            } else if (node instanceof HardLineBreak) {
                addBreak();
            } else if (node instanceof HtmlInline html) {
                addHtml(html.getLiteral(), marks);
            } else if (node instanceof Image image) {
                addImage(image, marks);
            }
        }

        private void addHtml(String html, Marks marks) {
            if (LINE_BREAK.matcher(html).matches()) {
                addBreak();
            } else {
                add(withoutComments(html), marks);
            }
        }

        private void addImage(Image image, Marks marks) {
            StringBuilder alt = new StringBuilder();
            inlines(image).forEach(node -> node.text(alt));
            String url = Urls.encoded(image.getDestination());
            if (Urls.isImage(url)) {
                endRun();
                content.add(new ContentNode.Image(url, alt.toString(), marks.href()));
            } else {
                add(alt.toString(), marks);
            }
        }

        private void addBreak() {
            endRun();
            content.add(Leaf.HARD_BREAK);
        }

        private void add(String text, Marks marks) {
            if (!marks.equals(runMarks)) {
                endRun();
                runMarks = marks;
            }
            run.append(text);
        }

        private void endRun() {
            if (!run.isEmpty()) {
                content.add(new Text(run.toString(), runMarks));
                run.setLength(0);
            }
        }
    }
}
