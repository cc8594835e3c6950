package com.quotient.memory;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Background maintenance of the search index. Thread-safe. */
final class UpkeepStore {
    static final String UNREAD = """
            SELECT business_id, document_id FROM memory_chunk
            WHERE words IS NULL AND (business_id, document_id) > ($1, $2)
            ORDER BY business_id, document_id LIMIT 1
            """;

    private static final String LOCK = """
            SELECT content FROM memory_node
            WHERE business_id = $1 AND id = $2 AND archived_at IS NULL
            FOR UPDATE
            """;

    private static final String CALL = """
            UPDATE memory_node SET heading = $3 WHERE business_id = $1 AND id = $2
            RETURNING coalesce(title, heading, name) AS title
            """;

    private static final String FORGET = "DELETE FROM memory_chunk WHERE business_id = $1 AND document_id = $2";

    static final String OLD_WORDS = """
            SELECT business_id, word FROM memory_word WHERE seen_on < current_date - 30 ORDER BY seen_on LIMIT $1
            """;

    /** A concurrent write of one of these words marks it as seen today, which excludes it from this statement. */
    private static final String REVISE = """
            WITH asked AS (
                SELECT asked.business_id, asked.word, EXISTS (
                    SELECT FROM memory_chunk chunk
                    WHERE chunk.business_id = asked.business_id AND chunk.words @@ asked.query::tsquery) AS occurs
                FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (business_id, word, query)
            ), forgotten AS (
                DELETE FROM memory_word known USING asked
                WHERE known.business_id = asked.business_id AND known.word = asked.word AND NOT asked.occurs
                    AND known.seen_on < current_date - 30
            )
            UPDATE memory_word known SET seen_on = current_date
            FROM asked
            WHERE known.business_id = asked.business_id AND known.word = asked.word AND asked.occurs
                AND known.seen_on < current_date - 30
            """;

    private final Pool pool;

    UpkeepStore(Pool pool) {
        this.pool = pool;
    }

    /** A document that waits for indexing. */
    record Unread(String business, String document) {}

    /** The next document that waits for indexing, or null. */
    Future<@Nullable Unread> next(Unread after) {
        return pool.preparedQuery(UNREAD)
                .execute(Tuple.of(after.business(), after.document()))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return null;
                    }
                    Row row = rows.iterator().next();
                    return new Unread(row.getString("business_id"), row.getString("document_id"));
                });
    }

    /** Indexes a document again; its content stays unchanged. */
    Future<Void> read(Unread unread, Function<String, Future<Reading>> reader) {
        Tuple document = Tuple.of(unread.business(), unread.document());
        return pool.withTransaction(client -> client.preparedQuery(LOCK)
                .execute(document)
                .compose(rows -> rows.size() == 0
                        // The document was archived meanwhile.
                        ? client.preparedQuery(FORGET).execute(document).mapEmpty()
                        : reader.apply(rows.iterator().next().getString("content"))
                                .compose(reading -> client.preparedQuery(CALL)
                                        .execute(Tuple.of(unread.business(), unread.document(), reading.heading()))
                                        .compose(called -> ChunkStore.replace(
                                                client,
                                                unread.business(),
                                                unread.document(),
                                                called.iterator().next().getString("title"),
                                                reading)))));
    }

    /**
     * Checks words that were not seen for a month, and deletes those that no longer occur.
     *
     * @return the number of words checked
     */
    Future<Integer> revise(int maximum) {
        return pool.preparedQuery(OLD_WORDS).execute(Tuple.of(maximum)).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(0);
            }
            String[] businesses =
                    rows.stream().map(row -> row.getString("business_id")).toArray(String[]::new);
            String[] words = rows.stream().map(row -> row.getString("word")).toArray(String[]::new);
            String[] queries = Arrays.stream(words)
                    .map(word -> SearchQuery.Word.of(word).query())
                    .toArray(String[]::new);
            return pool.preparedQuery(REVISE)
                    .execute(Tuple.of(businesses, words, queries))
                    .map(done -> words.length);
        });
    }
}
