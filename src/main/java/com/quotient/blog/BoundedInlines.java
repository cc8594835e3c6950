package com.quotient.blog;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import org.commonmark.internal.InlineParserImpl;
import org.commonmark.node.Node;
import org.commonmark.parser.InlineParser;
import org.commonmark.parser.InlineParserContext;
import org.commonmark.parser.SourceLine;
import org.commonmark.parser.SourceLines;

/**
 * Bounds the cost of parsing inline text, because the library's parser has no limits and cannot be interrupted. The
 * cost is the sum of three:
 *
 * <ul> <li>blocks, including table cells that the text leaves out: counted before each is parsed; <li>pairs of
 * delimiters in a block, each of which may be compared with each other: counted before the block is parsed;
 * <li>characters read, some of them repeatedly: each read is counted. </ul>
 *
 * Text written by people stays below the limits, even a transcript of thousands of lines in one paragraph.
 */
final class BoundedInlines implements InlineParser {
    /** About 9,000 delimiters in one paragraph; some 150 ms. */
    private static final long MAX_PAIRS = 80_000_000;

    /** Text written by people is read about three times. */
    private static final int MAX_READINGS = 30;

    private final InlineParser parser;
    private final ContentLimits limits;
    private final long maxSteps;

    private int blocks;
    private long pairs;
    private long steps;

    BoundedInlines(InlineParserContext context, ContentLimits limits) {
        this.parser = new InlineParserImpl(context);
        this.limits = limits;
        this.maxSteps = (long) MAX_READINGS * limits.maxBytes();
    }

    @Override
    public void parse(SourceLines lines, Node block) {
        limits.checkNodes("markdown", ++blocks);
        long delimiters = lines.getLines().stream()
                .mapToLong(line -> delimiters(line.getContent()))
                .sum();
        pairs += delimiters * delimiters;
        if (pairs > MAX_PAIRS) {
            throw tooCostly("has too many of the characters * _ ~ [ in one paragraph (" + delimiters
                    + "): split the paragraph, or put what is no Markdown into a code block.");
        }
        parser.parse(SourceLines.of(lines.getLines().stream().map(this::counted).toList()), block);
    }

    /** Delimiter runs of emphasis, and characters that may begin a link. */
    private static long delimiters(CharSequence text) {
        long count = 0;
        char before = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '[' || c != before && (c == '*' || c == '_' || c == '~')) {
                count++;
            }
            before = c;
        }
        return count;
    }

    private SourceLine counted(SourceLine line) {
        return SourceLine.of(new Counted(line.getContent()), line.getSourceSpan());
    }

    private void count(int characters) {
        steps += characters;
        if (steps > maxSteps) {
            throw tooCostly("has too many characters in one paragraph that may begin a link, code or HTML and are not"
                    + " followed by its end: split the paragraph, or put what is no Markdown into a code block.");
        }
    }

    private static ProblemException tooCostly(String message) {
        return Problem.invalid("markdown", message).exception();
    }

    /** A line that counts its reads. */
    private final class Counted implements CharSequence {
        private final CharSequence line;

        Counted(CharSequence line) {
            this.line = line;
        }

        @Override
        public int length() {
            return line.length();
        }

        @Override
        public char charAt(int index) {
            count(1);
            return line.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            count(end - start);
            return line.subSequence(start, end);
        }

        @Override
        public String toString() {
            count(line.length());
            return line.toString();
        }
    }
}
