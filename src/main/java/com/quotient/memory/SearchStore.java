package com.quotient.memory;

import com.quotient.db.SharedPool;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;

/**
 * The search over pieces of documents. First come those that have every word of the query, ranked by how often, how close
 * together and how prominent the words are: similarity one half and above. Only when there are none, those that have
 * some of the words, or words like those that nobody wrote: similarity below one half, which is the part of the query they
 * cover. Any thread may use it.
 */
final class SearchStore {
    static final int MOST_RESULTS = 20;

    /** Pieces that are ranked, so that a word that stands everywhere cannot keep Postgres busy. */
    private static final int MOST_CANDIDATES = 5000;

    /** How like a word must be, from 0 to 1; two letters in the wrong order make 0.33 of a word of seven. */
    private static final String LEAST_LIKENESS = "0.3";

    /** What a search returns of the pieces that it calls {@code best}. */
    private static final String BEST_FIRST = """
            SELECT best.similarity, node.folder || node.name AS path, chunk.heading_path, chunk.content
            FROM best
            JOIN memory_chunk chunk
                ON chunk.business_id = $1 AND chunk.document_id = best.document_id AND chunk.position = best.position
            JOIN memory_node node ON node.business_id = $1 AND node.id = best.document_id
            ORDER BY best.similarity DESC, best.document_id, best.position
            """;

    static final String ALL_WORDS = """
            WITH tagged AS (
                SELECT id FROM memory_node
                WHERE business_id = $1 AND archived_at IS NULL AND tags && $3::text[]
            ), found AS MATERIALIZED (
                SELECT chunk.document_id, chunk.position, chunk.search
                FROM memory_chunk chunk
                WHERE chunk.business_id = $1 AND chunk.search @@ memory_query($2)
                    AND (cardinality($3::text[]) = 0 OR chunk.document_id IN (SELECT id FROM tagged))
                LIMIT $4
            ), best AS (
                SELECT document_id, position, 0.5 + ts_rank_cd(search, memory_query($2), 32) / 2 AS similarity
                FROM found
                ORDER BY similarity DESC, document_id, position
                LIMIT $5
            )
            """ + BEST_FIRST;

    private static final String ALLOW_LIKENESS =
            "SELECT set_config('pg_trgm.word_similarity_threshold', '" + LEAST_LIKENESS + "', true)";

    /** Only the ten longest words count. A query that excludes words gets no guesses. */
    static final String SOME_WORDS = """
            WITH tagged AS (
                SELECT id FROM memory_node
                WHERE business_id = $1 AND archived_at IS NULL AND tags && $3::text[]
            ), word AS MATERIALIZED (
                SELECT lexeme AS word, EXISTS (
                    SELECT FROM memory_chunk chunk
                    WHERE chunk.business_id = $1 AND chunk.search @@ plainto_tsquery('simple', lexeme)) AS known
                FROM unnest(to_tsvector('simple', $2))
                WHERE ts_lexize('english_stem', lexeme) <> '{}' AND memory_query($2)::text NOT LIKE '%!%'
                ORDER BY length(lexeme) DESC, lexeme
                LIMIT 10
            ), found AS (
                SELECT chunk.document_id, chunk.position, word.word, 1::real AS likeness
                FROM word CROSS JOIN LATERAL (
                    SELECT document_id, position FROM memory_chunk
                    WHERE business_id = $1 AND search @@ plainto_tsquery('english', word.word)
                        AND (cardinality($3::text[]) = 0 OR document_id IN (SELECT id FROM tagged))
                    LIMIT $4
                ) AS chunk
                UNION ALL
                SELECT chunk.document_id, chunk.position, word.word, word_similarity(word.word, chunk.content)
                FROM word CROSS JOIN LATERAL (
                    SELECT document_id, position, content FROM memory_chunk
                    WHERE NOT word.known AND business_id = $1 AND content %> word.word
                        AND (cardinality($3::text[]) = 0 OR document_id IN (SELECT id FROM tagged))
                    LIMIT $4
                ) AS chunk
            ), covered AS (
                SELECT document_id, position, word, max(likeness) AS likeness
                FROM found
                GROUP BY document_id, position, word
            ), best AS (
                SELECT document_id, position, sum(likeness) / (SELECT count(*) FROM word) / 2 AS similarity
                FROM covered
                GROUP BY document_id, position
                ORDER BY similarity DESC, document_id, position
                LIMIT $5
            )
            """ + BEST_FIRST;

    private final SharedPool pool;

    SearchStore(SharedPool pool) {
        this.pool = pool;
    }

    /** The best pieces, best first, of documents that have one of the tags, or of all when there are none. */
    Future<List<MemoryResult>> search(String business, String query, List<String> tags) {
        Tuple asked = Tuple.of(business, query, tags.toArray(new String[0]), MOST_CANDIDATES, MOST_RESULTS);
        return pool.execute(business, ALL_WORDS, asked)
                .compose(all -> all.size() > 0
                        ? Future.succeededFuture(results(all))
                        : pool.withTransaction(business, client -> client.query(ALLOW_LIKENESS)
                                .execute()
                                .compose(
                                        done -> client.preparedQuery(SOME_WORDS).execute(asked))
                                .map(SearchStore::results)));
    }

    private static List<MemoryResult> results(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new MemoryResult(
                        rounded(row.getDouble("similarity")),
                        row.getString("path"),
                        Arrays.asList(row.getArrayOfStrings("heading_path")),
                        row.getString("content")))
                .toList();
    }

    private static double rounded(double similarity) {
        return Math.round(Math.max(0, Math.min(1, similarity)) * 10_000) / 10_000.0;
    }
}
