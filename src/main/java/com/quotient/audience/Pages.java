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
 * Pages in the order of ids, which is that of creation: what is added while they are read comes behind. They are read in
 * pieces of bounded size, however large a row is.
 */
final class Pages {
    /** Bytes that the large columns of a piece hold; one more row may exceed it. */
    private static final int PIECE_BYTES = 512 * 1024;

    private Pages() {}

    /** Reads rows that follow an id, or those behind an offset when it is null: at most so many, none when there are none. */
    interface Reader<T> {
        Future<List<T>> read(@Nullable String lastId, long offset, int limit);
    }

    /**
     * The statement that {@code start} begins, for one piece. What is left out before it costs an entry of an index each,
     * and nothing of its row.
     *
     * @param table whose rows are found by {@code business_id} and {@code id}
     * @param alias by which {@code start} knows the table
     * @param bytes SQL that tells the size of a row, by the alias {@code sized}
     * @param narrow adds a {@code WHERE} that says which rows there are
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

    /** The rows of a page of so many in all. */
    static <T> Rows<T> rows(Page page, long total, Function<T, String> id, Reader<T> reader) {
        long[] left = {Math.max(0, Math.min(page.limit(), total - page.offset()))};
        return Rows.untilEmpty(last -> left[0] <= 0
                ? Future.succeededFuture(List.of())
                : reader.read(last == null ? null : id.apply(last), last == null ? page.offset() : 0, (int) left[0])
                        .onSuccess(rows -> left[0] -= rows.size()));
    }
}
