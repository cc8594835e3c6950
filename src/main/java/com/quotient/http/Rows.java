package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are read page by page while they are written. Each page begins after the last row of the page before; a
 * page that is not full is the last. No database connection is held between two pages. Used once, by one event loop.
 */
public final class Rows<T> {
    /** The size at which a piece is complete, in bytes; a page may make several. */
    private static final int PIECE_BYTES = 32 * 1024;

    private final int pageSize;
    private final Function<@Nullable T, Future<List<T>>> after;

    private Rows(int pageSize, Function<@Nullable T, Future<List<T>>> after) {
        this.pageSize = pageSize;
        this.after = after;
    }

    /** {@code after} reads at most {@code pageSize} rows that follow a row, or the first rows if it is null. */
    public static <T> Rows<T> of(int pageSize, Function<@Nullable T, Future<List<T>>> after) {
        return new Rows<>(pageSize, after);
    }

    /** {@code after} reads rows that follow a row, or the first rows if it is null, and none at the end. */
    public static <T> Rows<T> untilEmpty(Function<@Nullable T, Future<List<T>>> after) {
        return new Rows<>(1, after);
    }

    /** The rows as lines after a head. Both include their line ends; an empty head is no line. */
    public Pieces lines(String head, Function<T, String> line) {
        return new Text<>(this, head, "", line, () -> "");
    }

    /**
     * A JSON object with an array of the rows and other members, such as {@code {"events":[…],"pageData":{…}}}.
     *
     * @param json the JSON text of a row
     * @param rest the other members; called after all rows were read
     */
    public Pieces array(String member, Function<T, String> json, Supplier<Map<String, ?>> rest) {
        return new Text<>(this, "{\"" + member + "\":[", ",", json, () -> "]" + members(rest.get()) + "}");
    }

    private static String members(Map<String, ?> rest) {
        String object = Answer.encode(rest).toString();
        return rest.isEmpty() ? "" : "," + object.substring(1, object.length() - 1);
    }

    /** The text of all rows, one separator between two of them. */
    private static final class Text<T> implements Pieces {
        private final Rows<T> rows;
        private final String separator;
        private final Function<T, String> text;
        private final Supplier<String> tail;

        private Buffer piece;
        private Iterator<T> page = Collections.emptyIterator();
        private @Nullable T last;
        private boolean isFirstRow = true;
        private boolean isLastPage;
        private boolean ended;

        Text(Rows<T> rows, String head, String separator, Function<T, String> text, Supplier<String> tail) {
            this.rows = rows;
            this.piece = Buffer.buffer(head);
            this.separator = separator;
            this.text = text;
            this.tail = tail;
        }

        @Override
        public Future<@Nullable Buffer> next() {
            if (ended) {
                return Future.succeededFuture();
            }
            return page.hasNext()
                    ? Future.succeededFuture(fill())
                    : rows.after.apply(last).map(this::begin);
        }

        private Buffer begin(List<T> next) {
            isLastPage = next.size() < rows.pageSize;
            last = next.isEmpty() ? last : next.get(next.size() - 1);
            page = next.iterator();
            return fill();
        }

        private Buffer fill() {
            while (page.hasNext() && piece.length() < PIECE_BYTES) {
                piece.appendString(isFirstRow ? "" : separator).appendString(text.apply(page.next()));
                isFirstRow = false;
            }
            ended = isLastPage && !page.hasNext();
            Buffer full = ended ? piece.appendString(tail.get()) : piece;
            piece = Buffer.buffer();
            return full;
        }
    }
}
