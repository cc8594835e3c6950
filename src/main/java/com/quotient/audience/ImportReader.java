package com.quotient.audience;

import com.quotient.audience.Rejections.Rejection;
import com.quotient.config.AudienceConfig;
import com.quotient.gzip.Gunzip;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Reads people from a file that arrives in pieces, and returns them in groups of one transaction each. Making a group
 * is a bounded amount of work, whatever the file holds. Used by one thread at a time; must be closed.
 */
final class ImportReader implements AutoCloseable {
    private static final int MAX_GROUP_ROWS = 500;
    /** A group is also full when its rows take this many bytes. */
    private static final int MAX_GROUP_BYTES = 256 * 1024;

    private static final int MAX_GROUP_REJECTIONS = 500;
    private static final int INFLATED_BYTES = 64 * 1024;
    /** A group ends after this many inflated bytes, so that other imports get their turn. */
    private static final int MAX_GROUP_INFLATED_BYTES = 1 << 20;

    /** Inflated bytes that are accepted whatever the compression ratio. */
    private static final int INFLATION_GRANT = 16 << 20;

    private final AudienceConfig config;
    private final Rows rows;
    private final @Nullable Gunzip gzip;
    private final byte[] inflated = new byte[INFLATED_BYTES];
    private long receivedBytes;
    private long inflatedBytes;
    private boolean ended;
    private boolean complete;

    private List<Item> items = new ArrayList<>();
    private final Set<String> emails = new HashSet<>();
    private int itemBytes;
    /** Rows already read for the next group. */
    private @Nullable Item carried;

    /** A person and its line in the file. */
    record Item(PersonDraft draft, int bytes, long line, long lastLine) {
        String email() {
            return draft.email().value();
        }
    }

    /**
     * People with distinct email addresses, and the rows that were rejected.
     *
     * @param more whether the next group can be read without more input
     */
    record Group(List<Item> items, List<Rejection> rejections, boolean more) {}

    /** Iterates over the rows of a file. */
    interface Rows {
        void add(byte[] piece, int length);

        void end();

        /**
         * Reads the next row.
         *
         * @return null when more input is needed, and at the end
         * @throws com.quotient.problem.ProblemException when the file as a whole is at fault
         */
        @Nullable
        Read next();
    }

    /** A row: a person, a rejected row, or a blank line. */
    record Read(@Nullable Item item, @Nullable Rejection rejection) {
        static final Read NOTHING = new Read(null, null);

        static Read of(Item item) {
            return new Read(item, null);
        }

        static Read rejected(long line, long lastLine, String detail) {
            return new Read(null, new Rejection(line, lastLine, detail));
        }
    }

    ImportReader(Rows rows, boolean gzip, AudienceConfig config) {
        this.rows = rows;
        this.gzip = gzip ? new Gunzip() : null;
        this.config = config;
    }

    /** Supplies more input after {@link #next} asked for it. The buffer is not copied. */
    void add(byte[] piece) {
        receivedBytes += piece.length;
        if (gzip == null) {
            rows.add(piece, piece.length);
        } else {
            gzip.add(piece);
        }
    }

    /** Marks the end of the input. */
    void end() {
        ended = true;
    }

    /**
     * The next group. It is empty while its people wait for more input.
     *
     * @throws com.quotient.problem.ProblemException when the file as a whole is at fault
     */
    Group next() {
        List<Rejection> rejections = new ArrayList<>();
        int inflatedNow = 0;
        while (rejections.size() < MAX_GROUP_REJECTIONS && inflatedNow < MAX_GROUP_INFLATED_BYTES) {
            if (carried != null && !join(carried)) {
                return new Group(takeItems(), rejections, true);
            }
            carried = null;
            Read read = rows.next();
            if (read != null) {
                carried = read.item();
                if (read.rejection() != null) {
                    rejections.add(read.rejection());
                }
                continue;
            }
            int count = inflate();
            inflatedNow += count;
            if (count > 0 || gzip != null && !gzip.needsInput()) {
                continue;
            }
            if (!ended) {
                return new Group(List.of(), rejections, false);
            }
            if (complete) {
                return new Group(takeItems(), rejections, false);
            }
            complete();
        }
        return new Group(List.of(), rejections, true);
    }

    /** Whether the person fits into the group. A statement takes each email address once. */
    private boolean join(Item item) {
        boolean full =
                !items.isEmpty() && (items.size() >= MAX_GROUP_ROWS || itemBytes + item.bytes() > MAX_GROUP_BYTES);
        if (full || !emails.add(item.email())) {
            return false;
        }
        items.add(item);
        itemBytes += item.bytes();
        return true;
    }

    private List<Item> takeItems() {
        List<Item> taken = items;
        items = new ArrayList<>();
        emails.clear();
        itemBytes = 0;
        return taken;
    }

    /** The last row is complete only at the end of the input. */
    private void complete() {
        if (gzip != null && !gzip.isComplete()) {
            throw Problem.invalid(
                            "",
                            "The gzip body is truncated. People already stored are kept; send the whole file again.")
                    .exception();
        }
        complete = true;
        rows.end();
    }

    /** Inflates more input and returns the number of bytes. */
    private int inflate() {
        if (gzip == null) {
            return 0;
        }
        int count;
        try {
            count = gzip.read(inflated);
        } catch (DataFormatException e) {
            throw Problem.invalid("", "The body is not valid gzip.").exception();
        }
        inflatedBytes += count;
        long limit = INFLATION_GRANT + receivedBytes * config.maxImportInflation();
        if (inflatedBytes > limit) {
            throw Problem.of(
                            ProblemType.PAYLOAD_TOO_LARGE,
                            "The body inflates to more than " + config.maxImportInflation()
                                    + " times its size. People already stored are kept; send the file in parts or uncompressed.")
                    .with("limit", limit)
                    .exception();
        }
        rows.add(inflated, count);
        return count;
    }

    @Override
    public void close() {
        if (gzip != null) {
            gzip.close();
        }
    }
}
