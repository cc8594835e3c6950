package com.quotient.memory;

import com.quotient.markdown.BoundedMarkdown;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * The unit of search: the Markdown of a document from one heading to the next, including the heading.
 *
 * @param headingPath the headings above it, outermost first, ending with its own, as plain text
 */
record Chunk(List<String> headingPath, String content) {
    /** Maximum characters; longer sections are cut at a paragraph, else at a line, else at a word. */
    static final int MAX_LENGTH = 4000;

    /** Maximum characters of a heading. */
    static final int MAX_HEADING = 300;

    /**
     * Maximum headings that begin a chunk. Otherwise a document of headings would make hundreds of thousands of rows.
     */
    static final int MAX_SECTIONS = 1000;

    /**
     * Maximum nesting of quotes and lists. The parser compares each line with all open blocks, so this bounds the work.
     */
    private static final int MAX_NESTING = 50;

    /** Maximum memory to parse a document. What people write is below it: a megabyte with 17 characters a line. */
    static final long MAX_PARSER_BYTES = 24 << 20;

    private static final Parser INLINES =
            Parser.builder().enabledBlockTypes(Set.of()).build();

    /** The chunks of a document in order, and the text of its first heading; null without one. */
    record Cut(List<Chunk> chunks, @Nullable String firstHeading) {}

    /**
     * Cuts a document at its headings (CommonMark ATX and setext, outside code, quotes and lists) in linear time. Only
     * headings that {@link #MAX_PARSER_BYTES} suffice for count.
     */
    static Cut cut(String markdown) {
        return new Cutter(markdown).cut();
    }

    /** Walks once through the blocks of a document. */
    private static final class Cutter {
        private final String markdown;
        private final List<Chunk> chunks = new ArrayList<>();
        private final NavigableSet<Integer> blocks = new TreeSet<>();
        private final List<Heading> open = new ArrayList<>();
        private final List<String> path = new ArrayList<>();
        private @Nullable String firstHeading;
        private int sections;
        private int begin;

        Cutter(String markdown) {
            this.markdown = markdown;
        }

        Cut cut() {
            for (Node block = parsed().getFirstChild(); block != null; block = block.getNext()) {
                if (block.getSourceSpans().isEmpty()) {
                    continue;
                }
                int start = lineStart(block.getSourceSpans().get(0).getInputIndex());
                if (block instanceof Heading heading && sections < MAX_SECTIONS) {
                    sections++;
                    endSection(start);
                    enter(heading);
                } else {
                    blocks.add(start);
                }
            }
            endSection(markdown.length());
            return new Cut(chunks, firstHeading);
        }

        /** Inline text is not parsed; a heading keeps its source text. */
        private Node parsed() {
            Parser.Builder blocks = Parser.builder()
                    .includeSourceSpans(IncludeSourceSpans.BLOCKS)
                    .maxOpenBlockParsers(MAX_NESTING)
                    .inlineParserFactory(context -> (lines, node) -> {
                        if (node instanceof Heading) {
                            node.appendChild(new Text(lines.getContent()));
                        }
                    });
            return BoundedMarkdown.parse(blocks, markdown, MAX_PARSER_BYTES).document();
        }

        private void enter(Heading heading) {
            while (!open.isEmpty() && open.get(open.size() - 1).getLevel() >= heading.getLevel()) {
                open.remove(open.size() - 1);
                path.remove(path.size() - 1);
            }
            String text = plain(heading);
            open.add(heading);
            path.add(text);
            if (firstHeading == null && !text.isEmpty()) {
                firstHeading = text;
            }
        }

        private void endSection(int end) {
            while (end - begin > MAX_LENGTH) {
                int cut = cut(begin + MAX_LENGTH);
                add(cut);
                begin = cut;
            }
            add(end);
            begin = end;
            blocks.clear();
        }

        /** The best position to cut at or before {@code end}. */
        private int cut(int end) {
            Integer block = blocks.floor(end);
            if (block != null && block > begin) {
                return block;
            }
            String section = markdown.substring(begin, end);
            int line = section.lastIndexOf('\n') + 1;
            if (line > 0) {
                return begin + line;
            }
            int word = section.lastIndexOf(' ') + 1;
            if (word > 0) {
                return begin + word;
            }
            return Character.isLowSurrogate(markdown.charAt(end)) ? end - 1 : end;
        }

        private void add(int end) {
            String content = markdown.substring(begin, end).strip();
            if (!content.isEmpty()) {
                chunks.add(
                        new Chunk(path.stream().filter(text -> !text.isEmpty()).toList(), content));
            }
        }

        private int lineStart(int index) {
            int start = index;
            while (start > 0 && markdown.charAt(start - 1) != '\n' && markdown.charAt(start - 1) != '\r') {
                start--;
            }
            return start;
        }
    }

    /** The text of a heading without markup, on one line. */
    private static String plain(Heading heading) {
        String source = heading.getFirstChild() instanceof Text text ? text.getLiteral() : "";
        StringBuilder plain = new StringBuilder();
        INLINES.parse(shortened(source).replace('\n', ' ')).accept(new AbstractVisitor() {
            @Override
            public void visit(Text text) {
                plain.append(text.getLiteral());
            }

            @Override
            public void visit(Code code) {
                plain.append(code.getLiteral());
            }

            @Override
            public void visit(SoftLineBreak lineBreak) {
                plain.append(' ');
            }

            @Override
            public void visit(HardLineBreak lineBreak) {
                plain.append(' ');
            }
        });
        return plain.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining())
                .strip();
    }

    private static String shortened(String text) {
        if (text.length() <= MAX_HEADING) {
            return text;
        }
        return text.substring(0, Character.isLowSurrogate(text.charAt(MAX_HEADING)) ? MAX_HEADING - 1 : MAX_HEADING);
    }
}
