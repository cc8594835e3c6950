package com.quotient.audience;

import com.quotient.db.Statement;
import com.quotient.http.Page;
import com.quotient.http.Rows;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Pages in order of ids, which is the order of creation: rows added while a list is read come last. Pages are read in
 * pieces of bounded size, however large a row is.
 */
final class Pages {
    /** Maximum bytes of the large columns in a piece; the last row may exceed it. */
    private static final int PIECE_BYTES = 512 * 1024;

    private Pages() {}

    /** Reads a bounded number of rows after an id, or from an offset when the id is null. */
    interface Reader<T> {
        Future<List<T>> read(@Nullable String lastId, long offset, int limit);
    }

    /**
     * Appends the condition of one piece to {@code start}. Skipped rows cost one index entry each and no row access.
     *
     * @param table the table, indexed by {@code business_id} and {@code id}
     * @param alias the alias of the table in {@code start}
     * @param bytes an SQL expression for the size of a row with the alias {@code sized}
     * @param narrow adds the {@code WHERE} condition
     */
    static Statement of(
            String start,
            String table,
            String alias,
            String bytes,
            String businessId,
            UnaryOperator<Statement> narrow,
            int limit,
            long offset) {
        Statement statement = new Statement(start)
                .add(" WHERE " + alias + ".business_id = ", businessId)
                .add(" AND " + alias + ".id IN (SELECT id FROM (SELECT sized.id, sum(" + bytes
                        + ") OVER (ORDER BY sized.id) - " + bytes + " AS before FROM (SELECT " + alias + ".id FROM "
                        + table + " AS " + alias);
        return narrow.apply(statement)
                .add(" ORDER BY " + alias + ".id LIMIT ", limit)
                .add(" OFFSET ", offset)
                .add(
                        ") AS chosen JOIN " + table + " AS sized ON sized.id = chosen.id AND sized.business_id = ",
                        businessId)
                .add(") AS piece WHERE before < " + PIECE_BYTES + ") ORDER BY " + alias + ".id");
    }

    /** The rows of a page that has this total. */
    static <T> Rows<T> rows(Page page, long total, Function<T, String> id, Reader<T> reader) {
        long[] left = {Math.max(0, Math.min(page.limit(), total - page.offset()))};
        return Rows.untilEmpty(last -> left[0] <= 0
                ? Future.succeededFuture(List.of())
                : reader.read(last == null ? null : id.apply(last), last == null ? page.offset() : 0, (int) left[0])
                        .onSuccess(rows -> left[0] -= rows.size()));
    }
}
