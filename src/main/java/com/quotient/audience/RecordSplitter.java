package com.quotient.audience;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes that arrive piece by piece into the records of a file, one to a line; between quotes a record of CSV may go
 * over several. Holds no more than one piece and one record. Belongs to one thread.
 */
final class RecordSplitter {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final boolean csv;
    private final int maxBytes;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    private byte[] piece = {};
    private int pieceEnd;
    private int position;
    private long lines = 1;
    private long recordLine = 1;
    private boolean tooLong;
    private boolean inQuotes;
    private boolean atFieldStart = true;
    private boolean justClosed;

    RecordSplitter(boolean csv, int maxBytes) {
        this.csv = csv;
        this.maxBytes = maxBytes;
    }

    /** One record. */
    static final class Line {
        private final long number;
        private final byte @Nullable [] bytes;

        Line(long number, byte @Nullable [] bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        /** The line where it begins, from 1. */
        long number() {
            return number;
        }

        /** What it says, without the line break; null when that is too long. */
        byte @Nullable [] bytes() {
            return bytes;
        }
    }

    /** The next piece, once all records of the one before were taken. It is not copied. */
    void add(byte[] next, int length) {
        piece = next;
        pieceEnd = length;
        position = 0;
    }

    /** The next record that is complete, or null when more must come. */
    @Nullable
    Line next() {
        int start = position;
        while (position < pieceEnd) {
            byte b = piece[position++];
            boolean opens = csv && b == '"' && !inQuotes && (atFieldStart || justClosed);
            // A doubled quote closes and opens again; one within a field that began without is only a character.
            justClosed = csv && b == '"' && inQuotes;
            inQuotes = opens || inQuotes && !justClosed;
            atFieldStart = b == ',' && !inQuotes;
            if (b == '\n') {
                lines++;
                if (!inQuotes) {
                    keep(start, position - 1);
                    return take();
                }
            }
        }
        keep(start, position);
        return null;
    }

    /** What stands behind the last line break, or null when nothing does. */
    @Nullable
    Line last() {
        return partial.size() > 0 || tooLong ? take() : null;
    }

    private void keep(int start, int end) {
        if (tooLong || partial.size() + (end - start) > maxBytes) {
            tooLong = true;
            // A quote that is never closed must not make one record of all the rest.
            inQuotes = false;
            partial.reset();
        } else {
            partial.write(piece, start, end - start);
        }
    }

    private Line take() {
        byte[] bytes = partial.toByteArray();
        int from = recordLine == 1 && Arrays.mismatch(bytes, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length
                ? BYTE_ORDER_MARK.length
                : 0;
        int to = bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        Line line = new Line(recordLine, tooLong ? null : Arrays.copyOfRange(bytes, from, to));
        partial.reset();
        recordLine = lines;
        tooLong = false;
        inQuotes = false;
        atFieldStart = true;
        justClosed = false;
        return line;
    }
}
