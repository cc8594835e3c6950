package com.quotient.gzip;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip (RFC 1952) that arrives in pieces, with any number of members. One call returns at most the requested
 * bytes and passes a bounded number of members. So input that inflates a thousandfold, or thousands of empty members,
 * costs calls, not memory or one long turn. Zero bytes after the last member are ignored, as gunzip does. Used by one
 * thread at a time; must be closed.
 */
public final class Gunzip implements AutoCloseable {
    private static final int MAX_MEMBERS_PER_READ = 64;
    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int[] MAGIC = {0x1F, 0x8B, 8};

    private static final int FLAG_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xE0;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private long size;

    private byte[] input = {};
    /** Index of the next input byte; undefined within data, where the inflater holds it. */
    private int position;

    private Part part = Part.FIXED_HEADER;
    /** Bytes seen of the current part, and of the whole header. */
    private int seen;

    private int seenOfHeader;
    private int flags;
    private int extraBytes;
    private long trailer;
    private boolean anyMember;

    private enum Part {
        FIXED_HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CHECKSUM,
        DATA,
        TRAILER,
        PADDING
    }

    /** Supplies the next piece; only when {@link #needsInput}. */
    public void add(byte[] piece) {
        input = piece;
        position = 0;
        if (part == Part.DATA) {
            inflater.setInput(piece);
        }
    }

    /**
     * Fills a buffer.
     *
     * @return the number of bytes; 0 when more input is needed or, without {@link #needsInput}, another call
     * @throws DataFormatException when the input is not gzip
     */
    public int read(byte[] into) throws DataFormatException {
        int members = 0;
        while (members < MAX_MEMBERS_PER_READ) {
            if (part == Part.DATA) {
                int count = inflate(into);
                if (count > 0 || part == Part.DATA) {
                    return count;
                }
                members++;
            } else if (position < input.length) {
                take(input[position++] & 0xFF);
            } else {
                return 0;
            }
        }
        return 0;
    }

    /** Whether all input is consumed; {@link #read} may still return bytes until it returns 0. */
    public boolean needsInput() {
        return part == Part.DATA ? inflater.needsInput() : position == input.length;
    }

    /** Whether the input ended with a complete member. */
    public boolean isComplete() {
        return part == Part.PADDING || part == Part.FIXED_HEADER && seen == 0 && anyMember;
    }

    @Override
    public void close() {
        inflater.end();
    }

    private int inflate(byte[] into) throws DataFormatException {
        int count = inflater.inflate(into);
        checksum.update(into, 0, count);
        size += count;
        if (count == 0) {
            if (inflater.finished()) {
                position = input.length - inflater.getRemaining();
                begin(Part.TRAILER);
            } else if (inflater.needsDictionary()) {
                throw new DataFormatException("A preset dictionary");
            }
        }
        return count;
    }

    /** Processes one byte of a header, a trailer or the padding after the last member. */
    private void take(int next) throws DataFormatException {
        switch (part) {
            case FIXED_HEADER -> takeFixedHeader(next);
            case EXTRA_LENGTH -> {
                extraBytes |= next << 8 * seen++;
                if (seen == 2) {
                    begin(extraBytes == 0 ? Part.NAME : Part.EXTRA);
                }
            }
            case EXTRA -> {
                if (++seen == extraBytes) {
                    begin(Part.NAME);
                }
            }
            case NAME -> {
                if (next == 0) {
                    begin(Part.COMMENT);
                }
            }
            case COMMENT -> {
                if (next == 0) {
                    begin(Part.HEADER_CHECKSUM);
                }
            }
            case HEADER_CHECKSUM -> {
                if (++seen == 2) {
                    begin(Part.DATA);
                }
            }
            case TRAILER -> {
                trailer |= (long) next << 8 * seen++;
                if (seen == TRAILER_BYTES) {
                    endMember();
                }
            }
            default -> {
                if (next != 0) {
                    throw new DataFormatException("Something other than zeros follows the last member");
                }
            }
        }
        if (part != Part.PADDING && part != Part.TRAILER && ++seenOfHeader > MAX_HEADER_BYTES) {
            throw new DataFormatException("A header of more than " + MAX_HEADER_BYTES + " bytes");
        }
    }

    private void takeFixedHeader(int next) throws DataFormatException {
        if (seen == 0 && next == 0 && anyMember) {
            begin(Part.PADDING);
            return;
        }
        if (seen < MAGIC.length && next != MAGIC[seen] || seen == MAGIC.length && (next & RESERVED_FLAGS) != 0) {
            throw new DataFormatException("No header of gzip");
        }
        if (seen == MAGIC.length) {
            flags = next;
        }
        if (++seen == FIXED_HEADER_BYTES) {
            begin(Part.EXTRA_LENGTH);
        }
    }

    private void endMember() throws DataFormatException {
        if (trailer != (checksum.getValue() | size << 32)) {
            throw new DataFormatException("Wrong checksum or size");
        }
        anyMember = true;
        seenOfHeader = 0;
        begin(Part.FIXED_HEADER);
    }

    /** The part, or the next one that the flags announce. */
    private void begin(Part next) {
        part = next;
        seen = 0;
        switch (next) {
            case EXTRA_LENGTH -> {
                extraBytes = 0;
                skipUnless(FLAG_EXTRA, Part.NAME);
            }
            case NAME -> skipUnless(FLAG_NAME, Part.COMMENT);
            case COMMENT -> skipUnless(FLAG_COMMENT, Part.HEADER_CHECKSUM);
            case HEADER_CHECKSUM -> skipUnless(FLAG_CHECKSUM, Part.DATA);
            case DATA -> {
                inflater.reset();
                checksum.reset();
                size = 0;
                inflater.setInput(input, position, input.length - position);
            }
            case TRAILER -> trailer = 0;
            default -> {}
        }
    }

    private void skipUnless(int flag, Part next) {
        if ((flags & flag) == 0) {
            begin(next);
        }
    }
}
