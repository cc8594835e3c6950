package com.quotient.audience;

import com.quotient.db.Database;
import com.quotient.db.Statement;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a business in a table, which are searched, counted, and read in pages in order of creation.
 *
 * @param table the table, indexed by {@code business_id} and {@code id}
 * @param alias the alias of the table in {@code select}
 * @param bytes an SQL expression for the size of a row with the alias {@code sized}
 * @param select the columns of a row, without a condition
 * @param reader makes an item of a row
 */
record SearchedTable<T>(String table, String alias, String bytes, String select, Function<Row, T> reader) {
    /** The number of rows, or of those found by a search. */
    Future<Long> count(Database database, String businessId, @Nullable SearchTerm search) {
        return where(count(), businessId, search).count(database.reads(search != null), businessId);
    }

    /** The next rows after an id, or from an offset. */
    Future<List<T>> page(
            Database database,
            String businessId,
            @Nullable SearchTerm search,
            @Nullable String lastId,
            long offset,
            int limit) {
        return page(select, businessId, search, lastId, offset, limit)
                .execute(database.reads(search != null), businessId)
                .map(rows -> rows.stream().map(reader).toList());
    }

    /** The row with a value in a unique column, or null. */
    Future<@Nullable T> find(Database database, String businessId, String column, String value) {
        return where(select, businessId, null)
                .add(" AND " + alias + "." + column + " = ", value)
                .execute(database.features(), businessId)
                .map(rows ->
                        rows.size() == 0 ? null : reader.apply(rows.iterator().next()));
    }

    String count() {
        return "SELECT count(*) FROM " + table + " AS " + alias;
    }

    /** Appends the search condition to {@code start}. */
    Statement where(String start, String businessId, @Nullable SearchTerm search) {
        return narrow(new Statement(start), businessId, search);
    }

    /** Appends the condition of one page to {@code start}. */
    Statement page(
            String start,
            String businessId,
            @Nullable SearchTerm search,
            @Nullable String lastId,
            long offset,
            int limit) {
        return Pages.of(
                start,
                table,
                alias,
                bytes,
                businessId,
                statement -> narrow(statement, businessId, search).addIfGiven(" AND " + alias + ".id > ", lastId),
                limit,
                offset);
    }

    private Statement narrow(Statement statement, String businessId, @Nullable SearchTerm search) {
        return SearchTerm.narrow(statement.add(" WHERE " + alias + ".business_id = ", businessId), search);
    }
}
