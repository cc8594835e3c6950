package com.quotient.audience;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.audience.RecordSplitter.Line;
import com.quotient.audience.Upserted.Refused;
import com.quotient.audience.Upserted.Stored;
import com.quotient.db.PgErrors;
import com.quotient.http.Members;
import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * One import of people on its way: takes a piece of the body, writes its rows in groups, and only then asks for the next
 * piece, so that memory does not grow with the file and the sender is as fast as the database. Every group is a
 * transaction; a file that broke off can be sent again. Used by the event loop of its request.
 */
final class PeopleImport {
    /** The group is also full when its rows came with so many bytes. */
    private static final int MAX_GROUP_BYTES = 1 << 20;

    private static final int MAX_GROUP_ROWS = 500;
    private static final int MAX_ROW_BYTES = 64 * 1024;
    private static final int MAX_REJECTIONS = 1000;
    private static final int MAX_DETAIL = 500;
    private static final int INFLATED_BYTES = 64 * 1024;
    private static final long CHECK_MILLIS = 500;
    private static final String PROPERTIES = "properties.";

    private final Vertx vertx;
    private final PeopleStore store;
    private final String businessId;
    private final ReadStream<Buffer> body;
    private final boolean csv;
    private final @Nullable Gunzip gzip;
    private final long maxSilenceNanos;
    private final InstantSource clock;

    private final RecordSplitter splitter;
    private final Promise<Summary> done = Promise.promise();
    private final byte[] inflated = new byte[INFLATED_BYTES];
    private final List<Rejection> rejected = new ArrayList<>();
    private @Nullable List<String> header;

    private List<PersonDraft> group = new ArrayList<>();
    private List<Long> groupLines = new ArrayList<>();
    private Set<String> groupEmails = new HashSet<>();
    private int groupBytes;

    private long created;
    private long updated;
    private long rejectedTotal;
    private boolean waiting;
    private long waitingSince;

    /** A row that was not stored, by the line it begins in, from 1. */
    record Rejection(long line, String detail) {}

    /**
     * What became of the rows.
     *
     * @param rejected the first thousand
     */
    record Summary(long created, long updated, List<Rejection> rejected, long rejectedTotal) {}

    /** {@code maxSilence}: how long the sender may send nothing. */
    PeopleImport(
            Vertx vertx,
            PeopleStore store,
            String businessId,
            ReadStream<Buffer> body,
            boolean csv,
            boolean gzip,
            Duration maxSilence,
            InstantSource clock) {
        this.vertx = vertx;
        this.store = store;
        this.businessId = businessId;
        this.body = body;
        this.csv = csv;
        this.gzip = gzip ? new Gunzip() : null;
        this.maxSilenceNanos = maxSilence.toNanos();
        this.clock = clock;
        this.splitter = new RecordSplitter(csv, MAX_ROW_BYTES);
    }

    /** Reads to the end; fails when the body is not what it is said to be, and when the database or the sender goes away. */
    Future<Summary> run() {
        body.exceptionHandler(failure -> done.tryFail(
                Problem.invalid("", "The request ended before its body did.").exception()));
        body.handler(piece -> {
            waiting = false;
            if (!done.future().isComplete()) {
                take(piece).onSuccess(used -> demand()).onFailure(this::fail);
            }
        });
        body.endHandler(end -> {
            waiting = false;
            Future.succeededFuture()
                    .compose(all -> finish())
                    .onSuccess(done::tryComplete)
                    .onFailure(this::fail);
        });
        long timer = vertx.setPeriodic(CHECK_MILLIS, id -> {
            if (waiting && System.nanoTime() - waitingSince > maxSilenceNanos) {
                done.tryFail(Problem.of(
                                ProblemType.REQUEST_TIMEOUT,
                                "No more of the body arrived in time. What was stored stays; send the file again.")
                        .exception());
            }
        });
        demand();
        return done.future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            if (gzip != null) {
                gzip.close();
            }
        });
    }

    private void demand() {
        if (done.future().isComplete()) {
            return;
        }
        waiting = true;
        waitingSince = System.nanoTime();
        body.fetch(1);
    }

    private void fail(Throwable failure) {
        done.tryFail(
                PgErrors.isUnavailable(failure)
                        ? Problem.of(
                                        ProblemType.UNAVAILABLE,
                                        "The database went away after " + (created + updated)
                                                + " people were stored; send the file again.")
                                .retryAfter(1)
                                .exception()
                        : failure);
    }

    /** Ends when the piece is used up. */
    private Future<Void> take(Buffer piece) {
        if (gzip == null) {
            splitter.add(piece.getBytes(), piece.length());
        } else {
            gzip.add(piece.getBytes());
        }
        Promise<Void> used = Promise.promise();
        takeRecords(used);
        return used.future();
    }

    /** With a promise, since futures nested in futures would grow with every group. */
    private void takeRecords(Promise<Void> used) {
        try {
            Line line;
            while ((line = splitter.next()) != null) {
                PersonDraft draft = read(line);
                Future<Void> room = draft == null ? Future.succeededFuture() : add(draft, line);
                if (!room.succeeded()) {
                    room.onSuccess(written -> takeRecords(used)).onFailure(used::fail);
                    return;
                }
            }
            if (inflate()) {
                // A small piece can inflate to a thousand times its size, and others wait for this thread.
                vertx.runOnContext(turn -> takeRecords(used));
            } else {
                used.complete();
            }
        } catch (RuntimeException e) {
            used.fail(e);
        }
    }

    /** Whether there is more in the piece than its records so far. */
    private boolean inflate() {
        if (gzip == null || done.future().isComplete()) {
            return false;
        }
        try {
            int count = gzip.read(inflated);
            splitter.add(inflated, count);
            return count > 0;
        } catch (DataFormatException e) {
            throw Problem.invalid("", "The body is not valid gzip.").exception();
        }
    }

    private Future<Summary> finish() {
        if (gzip != null && !gzip.isComplete()) {
            return Future.failedFuture(Problem.invalid(
                            "", "The gzip of the body is cut off. What was stored stays; send the whole file again.")
                    .exception());
        }
        Line last = splitter.last();
        PersonDraft draft = last == null ? null : read(last);
        return (last == null || draft == null ? Future.<Void>succeededFuture() : add(draft, last))
                .compose(added -> write())
                .map(written -> {
                    if (csv && header == null) {
                        throw noHeader();
                    }
                    return new Summary(created, updated, rejected, rejectedTotal);
                });
    }

    /** Writes the group first when the row does not go with it: a statement takes each email address once. */
    private Future<Void> add(PersonDraft draft, Line line) {
        byte[] bytes = line.bytes();
        int size = bytes == null ? 0 : bytes.length;
        boolean full = group.size() >= MAX_GROUP_ROWS || groupBytes + size > MAX_GROUP_BYTES;
        Future<Void> room = full || groupEmails.contains(draft.email().value()) ? write() : Future.succeededFuture();
        group.add(draft);
        groupLines.add(line.number());
        groupEmails.add(draft.email().value());
        groupBytes += size;
        return room;
    }

    private Future<Void> write() {
        if (group.isEmpty()) {
            return Future.succeededFuture();
        }
        List<PersonDraft> writing = group;
        List<Long> lines = groupLines;
        group = new ArrayList<>();
        groupLines = new ArrayList<>();
        groupEmails = new HashSet<>();
        groupBytes = 0;
        return store.upsert(businessId, writing, false, clock.millis()).map(outcomes -> {
            for (int i = 0; i < outcomes.size(); i++) {
                count(lines.get(i), outcomes.get(i));
            }
            return null;
        });
    }

    private void count(long line, Upserted outcome) {
        if (outcome instanceof Refused refused) {
            reject(line, refused.problem().detail());
        } else if (outcome instanceof Stored stored && stored.created()) {
            created++;
        } else {
            updated++;
        }
    }

    private void reject(long line, String detail) {
        rejectedTotal++;
        if (rejected.size() < MAX_REJECTIONS) {
            rejected.add(new Rejection(line, abbreviated(detail)));
        }
    }

    /** A row may hold thousands of names that are wrong, and a thousand such rows are remembered. */
    private static String abbreviated(String detail) {
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL - 1) + "…";
    }

    /** What a row tells, or null when it is blank, the header, or rejected. */
    private @Nullable PersonDraft read(Line line) {
        byte[] bytes = line.bytes();
        if (bytes == null) {
            reject(line.number(), "The row has more than " + MAX_ROW_BYTES + " bytes.");
            return null;
        }
        if (isBlank(bytes)) {
            return null;
        }
        try {
            ObjectNode object = csv ? object(text(bytes)) : StrictJson.object(bytes);
            return object == null ? null : PersonDraft.from(new Members(object), KeyTier.SECRET);
        } catch (InvalidJson e) {
            reject(line.number(), e.getMessage());
        } catch (InvalidRow e) {
            reject(line.number(), e.getMessage());
        } catch (ProblemException e) {
            if (csv && header == null) {
                throw e;
            }
            reject(line.number(), e.problem().detail());
        }
        return null;
    }

    /** The members that a row of CSV gives: cells that are empty are not given. Null for the header. */
    private @Nullable ObjectNode object(String record) {
        List<String> cells = Csv.fields(record);
        if (header == null) {
            header = header(cells);
            return null;
        }
        if (cells == null) {
            throw new InvalidRow("The row has a quote too many or too few.");
        }
        if (cells.size() > header.size()) {
            throw new InvalidRow("The row has " + cells.size() + " cells, and the header only " + header.size() + ".");
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.size(); i++) {
            if (!cells.get(i).isEmpty()) {
                set(object, header.get(i), cells.get(i));
            }
        }
        return object;
    }

    private static void set(ObjectNode object, String column, String cell) {
        if (column.startsWith(PROPERTIES)) {
            object.withObjectProperty("properties").put(column.substring(PROPERTIES.length()), cell);
        } else if (column.equals("lists")) {
            ArrayNode lists = object.putArray(column);
            for (String slug : cell.split("[;,]", -1)) {
                if (!slug.isBlank()) {
                    lists.add(slug.strip());
                }
            }
        } else if (column.equals("leadScore") && cell.strip().matches("\\d{1,9}")) {
            object.put(column, Integer.parseInt(cell.strip()));
        } else if (!column.equals("properties")) {
            object.put(column, cell);
        }
    }

    private static List<String> header(@Nullable List<String> cells) {
        if (cells != null) {
            List<String> names = cells.stream().map(String::strip).toList();
            if (names.contains("emailAddress")) {
                return names;
            }
        }
        throw noHeader();
    }

    private static ProblemException noHeader() {
        return Problem.invalid("", "The first line of the CSV must name the columns, emailAddress among them.")
                .exception();
    }

    private static String text(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // Told below, together with U+0000.
        }
        throw new InvalidRow("The row is not valid UTF-8, or holds U+0000.");
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with one row; it is told among the rejections. */
    private static final class InvalidRow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidRow(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
