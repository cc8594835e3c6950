package com.quotient.markdown;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.parser.block.BlockParserFactory;
import org.commonmark.parser.block.BlockStart;
import org.commonmark.parser.block.MatchedBlockParser;
import org.commonmark.parser.block.ParserState;
import org.jspecify.annotations.Nullable;

/**
 * Parses Markdown within a bounded amount of memory. The library has no such limit, and a list item of two characters
 * takes it some 400 bytes. This reader ends the text before the line that would exceed the limit.
 */
public final class BoundedMarkdown extends Reader implements BlockParserFactory {
    /** A node, its parser, and the line where it begins. */
    public static final int BLOCK_BYTES = 400;

    /** The position of a line, kept in each block that is open. */
    private static final int POSITION_BYTES = 40;

    private final String markdown;
    private final long maxBytes;
    private int position;
    private boolean lineBegins = true;
    private int openBlocks;
    private long bytes;

    private BoundedMarkdown(String markdown, long maxBytes) {
        this.markdown = markdown;
        this.maxBytes = maxBytes;
    }

    /**
     * A parsed text.
     *
     * @param complete whether the limit sufficed for the whole text
     */
    public record Parsed(Node document, boolean complete) {}

    /** Parses as many lines as {@code maxBytes} of memory suffice for, by an estimate of each line and block. */
    public static Parsed parse(Parser.Builder parser, String markdown, long maxBytes) {
        BoundedMarkdown bounded = new BoundedMarkdown(markdown, maxBytes);
        try {
            Node document = parser.customBlockParserFactory(bounded).build().parseReader(bounded);
            return new Parsed(document, bounded.position == markdown.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads at most to the end of a line. */
    @Override
    public int read(char[] into, int offset, int length) {
        if (position == markdown.length() || lineBegins && bytes >= maxBytes) {
            return -1;
        }
        int end = position;
        int last = Math.min(position + length, markdown.length());
        do {
            lineBegins = isLineEnd(markdown.charAt(end++));
        } while (end < last && !lineBegins);
        int count = end - position;
        markdown.getChars(position, end, into, offset);
        position = end;
        boolean blank = lineBegins && count == 1;
        bytes += blank ? 0 : BLOCK_BYTES + (long) POSITION_BYTES * openBlocks;
        return count;
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    /** Starts no block, but sees each attempt to start one. */
    @Override
    public @Nullable BlockStart tryStart(ParserState state, MatchedBlockParser matched) {
        openBlocks = 0;
        for (Node block = state.getActiveBlockParser().getBlock(); block != null; block = block.getParent()) {
            openBlocks++;
        }
        bytes += BLOCK_BYTES;
        return BlockStart.none();
    }

    @Override
    public void close() {}
}
