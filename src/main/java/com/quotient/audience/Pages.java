package com.quotient.audience;

import com.quotient.db.Statement;
import com.quotient.http.Page;
import java.util.function.UnaryOperator;

/** Pages in the order of ids, which is that of creation: what is added while they are read comes behind. */
final class Pages {
    private Pages() {}

    /**
     * The statement that {@code start} begins, for one page. What is left out before it costs an entry of an index each,
     * and nothing of its row.
     *
     * @param table with the alias, if it has one
     * @param alias by which {@code start} knows the table
     * @param narrow adds a {@code WHERE} that says which rows there are
     */
    static Statement of(
            String start, String table, String alias, String businessId, UnaryOperator<Statement> narrow, Page page) {
        Statement statement = new Statement(start)
                .add(" WHERE " + alias + ".business_id = ", businessId)
                .add(" AND " + alias + ".id IN (SELECT " + alias + ".id FROM " + table);
        return narrow.apply(statement)
                .add(" ORDER BY " + alias + ".id LIMIT ", page.limit())
                .add(" OFFSET ", page.offset())
                .add(") ORDER BY " + alias + ".id");
    }
}
