package com.quotient.memory;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Stores the chunks of documents and their words. Changes join the transaction that changes the document. Thread-safe.
 */
final class ChunkStore {
    private static final String FORGET = "DELETE FROM memory_chunk WHERE business_id = $1 AND document_id = $2";

    private static final String ADD = """
            INSERT INTO memory_chunk (business_id, document_id, position, heading_path, content, words)
            SELECT $1, $2, position, string_to_array(headings, chr(10)), content, words::tsvector || $3::text::tsvector
            FROM unnest($4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS given (headings, content, words, position)
            """;

    /** Only words of the title have the weight B. Chunks that wait for indexing get the title then. */
    private static final String RENAME = """
            UPDATE memory_chunk SET words = ts_filter(words, '{a,c,d}') || $3::text::tsvector
            WHERE business_id = $1 AND document_id = $2 AND words IS NOT NULL
            """;

    /** In order of words, so that two documents with the same words cannot deadlock. */
    private static final String LEARN = """
            INSERT INTO memory_word AS known (business_id, word, keys)
            SELECT $1, word, keys::int[] FROM unnest($2::text[], $3::text[]) AS given (word, keys)
            ORDER BY word COLLATE "C"
            ON CONFLICT (business_id, word) DO UPDATE SET seen_on = current_date WHERE known.seen_on < current_date
            """;

    private ChunkStore() {}

    /** Replaces the chunks of a document. */
    static Future<Void> replace(SqlClient client, String business, String document, String title, Reading reading) {
        SearchVector titleWords = new SearchVector().add(title, SearchVector.IN_TITLE);
        String[] headings = reading.chunks().stream()
                .map(chunk -> String.join("\n", chunk.headingPath()))
                .toArray(String[]::new);
        String[] contents = reading.chunks().stream().map(Chunk::content).toArray(String[]::new);
        String[] vectors = reading.vectors().toArray(String[]::new);
        return client.preparedQuery(FORGET)
                .execute(Tuple.of(business, document))
                .compose(done -> client.preparedQuery(ADD)
                        .execute(Tuple.of(business, document, titleWords.text(), headings, contents, vectors)))
                .compose(done -> learn(client, business, reading.vocabulary()))
                .compose(done -> learn(client, business, titleWords.words()));
    }

    /** Changes the title by which the chunks of a document are found. */
    static Future<Void> rename(SqlClient client, String business, String document, String title) {
        SearchVector titleWords = new SearchVector().add(title, SearchVector.IN_TITLE);
        return client.preparedQuery(RENAME)
                .execute(Tuple.of(business, document, titleWords.text()))
                .compose(done -> learn(client, business, titleWords.words()));
    }

    private static Future<Void> learn(SqlClient client, String business, Set<String> words) {
        String[] guessable = words.stream().filter(Spelling::isMeant).toArray(String[]::new);
        if (guessable.length == 0) {
            return Future.succeededFuture();
        }
        String[] keys = new String[guessable.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Spelling.keys(guessable[i]).stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(",", "{", "}"));
        }
        return client.preparedQuery(LEARN)
                .execute(Tuple.of(business, guessable, keys))
                .mapEmpty();
    }
}
