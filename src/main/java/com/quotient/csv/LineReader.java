package com.quotient.csv;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a file that arrives in pieces into lines, which end with LF, CR or CRLF. A UTF-8 byte order mark is dropped.
 * Holds one piece and one line in memory. Used by one thread.
 */
public final class LineReader {
    private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxBytes;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    private byte[] piece = {};
    private int pieceEnd;
    private int position;
    private long number = 1;
    private boolean tooLong;
    /** The line is complete, but the LF of its CRLF may be the next byte. */
    private boolean afterCr;

    private boolean ended;

    /** {@code maxBytes} limits a line; the content of a longer one is dropped. */
    public LineReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** One line. */
    public static final class Line {
        private final long number;
        private final byte @Nullable [] bytes;
        private final String end;

        private Line(long number, byte @Nullable [] bytes, String end) {
            this.number = number;
            this.bytes = bytes;
            this.end = end;
        }

        /** Its number in the file, from 1. */
        public long number() {
            return number;
        }

        /** Its content without the line end; null when it is too long. */
        public byte @Nullable [] bytes() {
            return bytes;
        }

        /** Its line end; empty for a last line without one. */
        String end() {
            return end;
        }

        /** Its text; null when it is too long, not UTF-8, or holds U+0000, which Postgres cannot store. */
        @Nullable
        String text() {
            try {
                String text = bytes == null
                        ? "\0"
                        : StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString();
                return text.indexOf('\0') < 0 ? text : null;
            } catch (CharacterCodingException e) {
                return null;
            }
        }

        int length() {
            return bytes == null ? 0 : bytes.length + end.length();
        }
    }

    /** Supplies the next piece, after all lines of the previous one were taken. The buffer is not copied. */
    public void add(byte[] next, int length) {
        piece = next;
        pieceEnd = length;
        position = 0;
    }

    /** Marks the end of the input. */
    public void end() {
        ended = true;
    }

    /**
     * The next line; null when more input is needed, and at the end.
     *
     * @throws UnreadableFile when the file is in UTF-16 or UTF-32
     */
    public @Nullable Line next() {
        int start = position;
        while (position < pieceEnd) {
            byte b = piece[position];
            if (afterCr) {
                position += b == '\n' ? 1 : 0;
                return take(b == '\n' ? "\r\n" : "\r");
            }
            position++;
            if (b == '\n') {
                keep(start, position - 1);
                return take("\n");
            }
            if (b == '\r') {
                keep(start, position - 1);
                start = position;
                afterCr = true;
            }
        }
        keep(start, position);
        boolean complete = ended && (afterCr || tooLong || partial.size() > 0);
        return complete ? take(afterCr ? "\r" : "") : null;
    }

    private void keep(int start, int end) {
        if (tooLong || partial.size() + (end - start) > maxBytes) {
            tooLong = true;
            partial.reset();
        } else {
            partial.write(piece, start, end - start);
        }
    }

    private Line take(String end) {
        byte[] bytes = partial.toByteArray();
        if (number == 1) {
            requireBytesOfCharacters(bytes);
            boolean marked =
                    Arrays.mismatch(bytes, UTF_8_MARK) == UTF_8_MARK.length || Arrays.equals(bytes, UTF_8_MARK);
            bytes = marked ? Arrays.copyOfRange(bytes, UTF_8_MARK.length, bytes.length) : bytes;
        }
        Line line = new Line(number, tooLong ? null : bytes, end);
        number++;
        partial.reset();
        tooLong = false;
        afterCr = false;
        return line;
    }

    /** Detected by the byte order mark, or by a zero byte next to the first character. */
    private static void requireBytesOfCharacters(byte[] bytes) {
        if (bytes.length < 2) {
            return;
        }
        int mark = (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
        if (mark == 0xFEFF || mark == 0xFFFE || bytes[0] == 0 || bytes[1] == 0) {
            throw new UnreadableFile("The file is in UTF-16 or UTF-32; save it as UTF-8 and send it again.");
        }
    }
}
