package com.quotient.memory;

import com.quotient.db.SharedPool;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The search over chunks. Similarity has the same meaning for every query:
 *
 * <ul> <li>1/2 to 1: the chunk has everything that was asked for, ranked by {@code ts_rank_cd} of Postgres; <li>1/4 to
 * 1/2: it has some of the words, ranked by their number; <li>up to 1/4: it has only words similar to typed words that
 * occur nowhere. </ul>
 *
 * <p>The lower two ranges are searched only when no chunk has everything. Thread-safe.
 */
final class SearchStore {
    static final int MOST_RESULTS = 20;

    /** Maximum chunks that are ranked, so that a word that occurs everywhere cannot keep Postgres busy. */
    static final int MOST_CANDIDATES = 2000;

    /** Maximum unknown words of a query that are corrected. */
    private static final int MAX_GUESSED = 5;

    /** Maximum corrections of one word. */
    private static final int MAX_MEANT = 8;

    /** Maximum known words that share a key with an unknown one. */
    private static final int MOST_LIKE = 2000;

    /** Selects the result columns from the chunks named {@code best}. */
    private static final String BEST_FIRST = """
            SELECT best.similarity, node.folder || node.name AS path, chunk.heading_path, chunk.content
            FROM best
            JOIN memory_chunk chunk
                ON chunk.business_id = $1 AND chunk.document_id = best.document_id AND chunk.position = best.position
            JOIN memory_node node ON node.business_id = $1 AND node.id = best.document_id
            ORDER BY best.similarity DESC, best.document_id, best.position
            """;

    private static final String TAGGED = """
            WITH tagged AS (
                SELECT id FROM memory_node
                WHERE business_id = $1 AND archived_at IS NULL AND tags && $2::text[]
            )""";

    static final String ALL_WORDS = TAGGED + """
            , found AS MATERIALIZED (
                SELECT chunk.document_id, chunk.position, chunk.words
                FROM memory_chunk chunk
                WHERE chunk.business_id = $1 AND chunk.words @@ $3::text::tsquery
                    AND (cardinality($2::text[]) = 0 OR chunk.document_id IN (SELECT id FROM tagged))
                LIMIT $4
            ), best AS (
                SELECT document_id, position, 0.5 + ts_rank_cd(words, $3::text::tsquery, 32) / 2 AS similarity
                FROM found
                ORDER BY similarity DESC, document_id, position
                LIMIT $5
            )
            """ + BEST_FIRST;

    /** Postgres uses the index only when it expects more than one row. */
    static final String KNOWN = """
            SELECT (
                SELECT count(*) > 0 FROM (
                    SELECT FROM memory_chunk WHERE business_id = $1 AND words @@ asked.query::tsquery LIMIT 1000
                ) AS found) AS known
            FROM unnest($2::text[]) WITH ORDINALITY AS asked (query, number)
            ORDER BY asked.number
            """;

    static final String LIKE_WORDS =
            "SELECT word FROM memory_word WHERE business_id = $1 AND keys && $2::int[] LIMIT $3";

    static final String SOME_WORDS = TAGGED + """
            , found AS (
                SELECT chunk.document_id, chunk.position, asked.number, asked.likeness
                FROM unnest($3::int[], $4::text[], $5::float8[]) AS asked (number, query, likeness)
                CROSS JOIN LATERAL (
                    SELECT document_id, position FROM memory_chunk
                    WHERE business_id = $1 AND words @@ asked.query::tsquery
                        AND ($6::text = '' OR NOT words @@ $6::text::tsquery)
                        AND (cardinality($2::text[]) = 0 OR document_id IN (SELECT id FROM tagged))
                    LIMIT $7
                ) AS chunk
            ), covered AS (
                SELECT document_id, position, number, max(likeness) AS likeness
                FROM found
                GROUP BY document_id, position, number
            ), best AS (
                SELECT document_id, position,
                    CASE WHEN max(likeness) = 1 THEN 0.25 ELSE 0 END + sum(likeness) / $8::int / 4 AS similarity
                FROM covered
                GROUP BY document_id, position
                ORDER BY similarity DESC, document_id, position
                LIMIT $9
            )
            """ + BEST_FIRST;

    private final SharedPool pool;

    SearchStore(SharedPool pool) {
        this.pool = pool;
    }

    /** A word to search for: typed, or a correction. */
    private record Asked(int number, String query, double likeness) {}

    /** The best chunks, best first, of documents with one of the tags; of all documents without tags. */
    Future<List<MemoryResult>> search(String business, SearchQuery query, List<String> tags) {
        if (query.all().isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        String[] tagged = tags.toArray(String[]::new);
        return pool.withConnection(business, connection -> connection
                .preparedQuery(ALL_WORDS)
                .execute(Tuple.of(business, tagged, query.all(), MOST_CANDIDATES, MOST_RESULTS))
                .compose(all -> all.size() > 0
                        ? Future.succeededFuture(results(all))
                        : someWords(connection, business, query, tagged)));
    }

    private static Future<List<MemoryResult>> someWords(
            SqlConnection connection, String business, SearchQuery query, String[] tagged) {
        return asked(connection, business, query.words())
                .compose(asked -> asked.isEmpty()
                        ? Future.succeededFuture(List.of())
                        : connection
                                .preparedQuery(SOME_WORDS)
                                .execute(Tuple.from(List.of(
                                        business,
                                        tagged,
                                        asked.stream().map(Asked::number).toArray(Integer[]::new),
                                        asked.stream().map(Asked::query).toArray(String[]::new),
                                        asked.stream().map(Asked::likeness).toArray(Double[]::new),
                                        query.excluded(),
                                        MOST_CANDIDATES,
                                        query.words().size(),
                                        MOST_RESULTS)))
                                .map(SearchStore::results));
    }

    /** The known words, and the corrections of unknown ones. */
    private static Future<List<Asked>> asked(SqlConnection connection, String business, List<SearchQuery.Word> words) {
        String[] queries = words.stream().map(SearchQuery.Word::query).toArray(String[]::new);
        return connection
                .preparedQuery(KNOWN)
                .execute(Tuple.tuple().addString(business).addArrayOfString(queries))
                .compose(rows -> {
                    List<Asked> asked = new ArrayList<>();
                    List<Integer> unknown = new ArrayList<>();
                    int number = 0;
                    for (Row row : rows) {
                        if (row.getBoolean("known")) {
                            asked.add(new Asked(number, queries[number], 1));
                        } else if (Spelling.isGuessable(words.get(number).text()) && unknown.size() < MAX_GUESSED) {
                            unknown.add(number);
                        }
                        number++;
                    }
                    return unknown.isEmpty()
                            ? Future.succeededFuture(asked)
                            : guess(connection, business, words, unknown, asked);
                });
    }

    private static Future<List<Asked>> guess(
            SqlConnection connection,
            String business,
            List<SearchQuery.Word> words,
            List<Integer> unknown,
            List<Asked> asked) {
        Set<Integer> keys = new LinkedHashSet<>();
        unknown.forEach(number -> keys.addAll(Spelling.lookups(words.get(number).text())));
        return connection
                .preparedQuery(LIKE_WORDS)
                .execute(Tuple.of(business, keys.toArray(Integer[]::new), MOST_LIKE))
                .map(rows -> {
                    for (int number : unknown) {
                        rows.stream()
                                .map(row -> meant(number, words.get(number).text(), row.getString("word")))
                                .filter(guess -> guess.likeness() > 0)
                                .sorted(Comparator.comparingDouble(Asked::likeness)
                                        .reversed()
                                        .thenComparing(Asked::query))
                                .limit(MAX_MEANT)
                                .forEach(asked::add);
                    }
                    return asked;
                });
    }

    private static Asked meant(int number, String typed, String known) {
        return new Asked(number, SearchQuery.Word.of(known).query(), Spelling.likeness(typed, known));
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
