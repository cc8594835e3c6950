package com.quotient.audience;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip (RFC 1952) that arrives piece by piece, several members included, and gives out only as much at once as
 * was asked for: what inflates to a thousand times its size costs time, never memory. Belongs to one thread; must be
 * closed.
 */
final class Gunzip implements AutoCloseable {
    private static final int FIXED_HEADER = 10;
    private static final int TRAILER = 8;
    private static final int MAX_HEADER = 64 * 1024;
    private static final int FLAG_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    /** Bytes that do not suffice for a header or a trailer yet, or the input of the inflater. */
    private byte[] waiting = {};

    private Part part = Part.HEADER;

    private enum Part {
        HEADER,
        DATA,
        TRAILER
    }

    /** The next piece, once {@link #read} has answered 0. */
    void add(byte[] piece) {
        if (part == Part.DATA) {
            waiting = piece;
            inflater.setInput(piece);
        } else {
            byte[] joined = Arrays.copyOf(waiting, waiting.length + piece.length);
            System.arraycopy(piece, 0, joined, waiting.length, piece.length);
            waiting = joined;
        }
    }

    /**
     * Fills a buffer.
     *
     * @return how many bytes; 0 when another piece must come
     * @throws DataFormatException when it is not gzip
     */
    int read(byte[] into) throws DataFormatException {
        while (true) {
            switch (part) {
                case HEADER -> {
                    int length = headerLength(waiting);
                    if (length < 0) {
                        return 0;
                    }
                    inflater.reset();
                    checksum.reset();
                    waiting = Arrays.copyOfRange(waiting, length, waiting.length);
                    inflater.setInput(waiting);
                    part = Part.DATA;
                }
                case DATA -> {
                    int count = inflater.inflate(into);
                    if (count > 0) {
                        checksum.update(into, 0, count);
                        return count;
                    }
                    if (!inflater.finished()) {
                        if (inflater.needsDictionary()) {
                            throw new DataFormatException("A preset dictionary");
                        }
                        return 0;
                    }
                    waiting = Arrays.copyOfRange(waiting, waiting.length - inflater.getRemaining(), waiting.length);
                    part = Part.TRAILER;
                }
                case TRAILER -> {
                    if (waiting.length < TRAILER) {
                        return 0;
                    }
                    if (number(waiting, 0) != checksum.getValue()) {
                        throw new DataFormatException("Wrong checksum");
                    }
                    waiting = Arrays.copyOfRange(waiting, TRAILER, waiting.length);
                    part = Part.HEADER;
                }
            }
        }
    }

    /** Whether nothing is missing at its end. */
    boolean isComplete() {
        return part == Part.HEADER && waiting.length == 0;
    }

    @Override
    public void close() {
        inflater.end();
    }

    /** The length of a header, or -1 while it is not complete. */
    private static int headerLength(byte[] bytes) throws DataFormatException {
        if (bytes.length < FIXED_HEADER) {
            return -1;
        }
        boolean deflated = bytes[0] == 0x1F && bytes[1] == (byte) 0x8B && bytes[2] == 8;
        if (!deflated || bytes.length > MAX_HEADER && fieldsEnd(bytes) < 0) {
            throw new DataFormatException("No header of gzip");
        }
        return fieldsEnd(bytes);
    }

    /** Where the optional fields end. */
    private static int fieldsEnd(byte[] bytes) {
        int flags = bytes[3];
        int length = FIXED_HEADER;
        if ((flags & FLAG_EXTRA) != 0) {
            if (bytes.length < length + 2) {
                return -1;
            }
            length += 2 + (bytes[length] & 0xFF) + ((bytes[length + 1] & 0xFF) << 8);
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            if ((flags & flag) != 0) {
                while (length < bytes.length && bytes[length] != 0) {
                    length++;
                }
                length++;
            }
        }
        if ((flags & FLAG_CHECKSUM) != 0) {
            length += 2;
        }
        return length <= bytes.length ? length : -1;
    }

    private static long number(byte[] bytes, int at) {
        return (bytes[at] & 0xFFL)
                | (bytes[at + 1] & 0xFFL) << 8
                | (bytes[at + 2] & 0xFFL) << 16
                | (bytes[at + 3] & 0xFFL) << 24;
    }
}
