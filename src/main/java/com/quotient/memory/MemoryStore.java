package com.quotient.memory;

import com.quotient.db.SharedPool;
import com.quotient.id.Ids;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tree of folders and documents. A write locks the parent folders from the top down, so that nothing is put into a
 * folder while it is archived, and no two writes deadlock. Thread-safe.
 */
final class MemoryStore {
    /** How often the creation of folders is retried when another request archives them at the same time. */
    private static final int MAX_ATTEMPTS = 5;

    static final String FIND = """
            SELECT type, name, coalesce(title, heading, name) AS title, content, tags, pinned, updated_at
            FROM memory_node
            WHERE business_id = $1 AND folder = $2 AND name = $3 AND archived_at IS NULL
            """;

    /** A hash stands for each path, to keep the shape of a large tree small in memory. */
    private static final String SHAPE = """
            SELECT id, type = 'folder' AS is_folder, hashtextextended(folder, 0) AS folder_hash,
                hashtextextended(folder || name || '/', 0) AS own_hash, hashtextextended($2, 0) AS root_hash
            FROM memory_node
            """;

    static final String LIST = SHAPE + """
            WHERE business_id = $1 AND folder = $2 AND archived_at IS NULL
            ORDER BY folder, type DESC, left(label, 100), name LIMIT $3
            """;

    /** This order puts a folder before its contents, so that a limit leaves no gap. */
    static final String LIST_DEEP = SHAPE + """
            WHERE business_id = $1 AND folder >= $2 AND folder < $3 AND archived_at IS NULL
            ORDER BY folder, type DESC, left(label, 100), name LIMIT $4
            """;

    static final String ITEMS = """
            SELECT id, folder, name, type, label, updated_at FROM memory_node
            WHERE business_id = $1 AND id = ANY ($2::text[]) AND archived_at IS NULL
            """;

    private static final String LOCK_FOLDERS = """
            SELECT node.folder, node.name, node.type
            FROM unnest($2::text[], $3::text[]) AS wanted (folder, name)
            JOIN memory_node node
                ON node.business_id = $1 AND node.folder = wanted.folder AND node.name = wanted.name
                AND node.archived_at IS NULL
            ORDER BY node.folder
            FOR KEY SHARE OF node
            """;

    private static final String MAKE_FOLDERS = """
            INSERT INTO memory_node (business_id, id, folder, name, type, label)
            SELECT $1, id, folder, name, 'folder', name
            FROM unnest($2::text[], $3::text[], $4::text[]) AS missing (folder, name, id)
            ORDER BY folder
            ON CONFLICT (business_id, folder, name) WHERE archived_at IS NULL DO NOTHING
            """;

    private static final String MAKE_FOLDER = """
            INSERT INTO memory_node AS node (business_id, id, folder, name, type, label)
            VALUES ($1, $2, $3, $4, 'folder', coalesce($5::text, $4))
            ON CONFLICT (business_id, folder, name) WHERE archived_at IS NULL
            DO UPDATE SET
                label = coalesce($5::text, node.label),
                updated_at = CASE WHEN $5::text <> node.label THEN now() ELSE node.updated_at END
            WHERE node.type = 'folder'
            RETURNING label, created_at
            """;

    private static final String WRITE = """
            INSERT INTO memory_node AS node
                (business_id, id, folder, name, type, label, title, heading, content, tags, pinned)
            VALUES ($1, $2, $3, $4, 'document', $4, nullif($5::text, ''), $6::text, coalesce($7::text, ''),
                coalesce($8::text[], '{}'), coalesce($9::boolean, false))
            ON CONFLICT (business_id, folder, name) WHERE archived_at IS NULL
            DO UPDATE SET
                title = CASE WHEN $5::text IS NULL THEN node.title ELSE nullif($5::text, '') END,
                heading = CASE WHEN $7::text IS NULL THEN node.heading ELSE $6::text END,
                content = coalesce($7::text, node.content),
                tags = coalesce($8::text[], node.tags),
                pinned = coalesce($9::boolean, node.pinned),
                updated_at = now()
            WHERE node.type = 'document'
            RETURNING id, name, coalesce(title, heading, name) AS title, tags, pinned, updated_at
            """;

    private static final String LOCK = """
            SELECT id FROM memory_node
            WHERE business_id = $1 AND folder = $2 AND name = $3 AND archived_at IS NULL
            FOR UPDATE
            """;

    static final String ARCHIVE = """
            WITH archived AS (
                UPDATE memory_node SET archived_at = now()
                WHERE business_id = $1 AND archived_at IS NULL
                    AND (folder = $2 AND name = $3 OR folder >= $4 AND folder < $5)
                RETURNING id
            )
            DELETE FROM memory_chunk USING archived
            WHERE memory_chunk.business_id = $1 AND memory_chunk.document_id = archived.id
            """;

    private final SharedPool pool;

    MemoryStore(SharedPool pool) {
        this.pool = pool;
    }

    /** The document; null for a folder, a 404 when nothing has this path. */
    Future<@Nullable MemoryDocument> find(String business, MemoryPath path) {
        return pool.execute(business, FIND, Tuple.of(business, path.folder(), path.name()))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw missing().exception();
                    }
                    Row row = rows.iterator().next();
                    return row.getString("type").equals(MemoryItem.FOLDER)
                            ? null
                            : document(row, path, row.getString("content"));
                });
    }

    /** The shape of a folder's contents: folders first, then by name, up to a maximum of items. */
    Future<MemoryTree> tree(String business, MemoryPath folder, boolean deep, int maximum) {
        String path = folder.children();
        Future<RowSet<Row>> rows = deep
                ? pool.execute(business, LIST_DEEP, Tuple.of(business, path, afterAllBelow(path), maximum + 1))
                : pool.execute(business, LIST, Tuple.of(business, path, maximum + 1));
        return rows.map(found -> {
            List<MemoryTree.Entry> entries = new ArrayList<>(found.size());
            long root = 0;
            for (Row row : found) {
                root = row.getLong("root_hash");
                if (entries.size() < maximum) {
                    entries.add(new MemoryTree.Entry(
                            row.getString("id"),
                            row.getBoolean("is_folder"),
                            row.getLong("folder_hash"),
                            row.getLong("own_hash")));
                }
            }
            return MemoryTree.of(entries, root, found.size() > maximum);
        });
    }

    /** The items by id; archived ones are left out. */
    Future<Map<String, MemoryItem>> items(String business, List<String> ids) {
        return pool.execute(
                        business, ITEMS, Tuple.tuple().addString(business).addArrayOfString(ids.toArray(String[]::new)))
                .map(rows -> rows.stream().collect(Collectors.toMap(row -> row.getString("id"), MemoryStore::item)));
    }

    /**
     * Creates or changes a document, and creates its parent folders.
     *
     * @param reading what was read from the new content; null when the content stays
     */
    Future<MemoryDocument> write(
            String business, MemoryPath path, DocumentChange change, @Nullable Reading reading, long now) {
        List<String> tags = change.tags() == null && reading != null ? reading.tags() : change.tags();
        return pool.withTransaction(business, client -> makeFolders(client, business, path, now)
                .compose(done -> client.preparedQuery(WRITE)
                        .execute(Tuple.tuple()
                                .addString(business)
                                .addString(Ids.next("mem_", now))
                                .addString(path.folder())
                                .addString(path.name())
                                .addString(change.title())
                                .addString(reading == null ? null : reading.heading())
                                .addString(change.content())
                                .addArrayOfString(tags == null ? null : tags.toArray(String[]::new))
                                .addBoolean(change.pinned())))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        throw taken("There is a folder at " + path.children()
                                        + "; write to a path in it, or to another.")
                                .exception();
                    }
                    Row row = rows.iterator().next();
                    return chunks(client, business, row.getString("id"), row.getString("title"), change, reading)
                            .map(done -> document(row, path, null));
                }));
    }

    /** Creates a folder and its parents. An existing folder stays and takes the label, if one is given. */
    Future<MemoryFolder> makeFolder(String business, MemoryPath path, @Nullable String label, long now) {
        return pool.withTransaction(business, client -> makeFolders(client, business, path, now)
                .compose(done -> client.preparedQuery(MAKE_FOLDER)
                        .execute(Tuple.of(business, Ids.next("mem_", now), path.folder(), path.name(), label)))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw taken("There is a document at " + path.document() + "; choose another name.")
                                .exception();
                    }
                    Row row = rows.iterator().next();
                    return new MemoryFolder(row.getString("label"), path.children(), time(row, "created_at"));
                }));
    }

    /** Archives a document, or a folder with its contents; a 404 when nothing has this path. */
    Future<Void> archive(String business, MemoryPath path) {
        return pool.withTransaction(business, client -> lockFolders(client, business, path.ancestors())
                .compose(locked -> client.preparedQuery(LOCK).execute(Tuple.of(business, path.folder(), path.name())))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        throw missing().exception();
                    }
                    String below = path.children();
                    return client.preparedQuery(ARCHIVE)
                            .execute(Tuple.of(business, path.folder(), path.name(), below, afterAllBelow(below)));
                })
                .mapEmpty());
    }

    private static Future<Void> chunks(
            SqlConnection client,
            String business,
            String document,
            String title,
            DocumentChange change,
            @Nullable Reading reading) {
        if (reading != null) {
            return ChunkStore.replace(client, business, document, title, reading);
        }
        return change.title() == null ? Future.succeededFuture() : ChunkStore.rename(client, business, document, title);
    }

    /** Creates the missing parent folders of a path. */
    static Future<Void> makeFolders(SqlConnection client, String business, MemoryPath path, long now) {
        return makeFolders(client, business, path, now, MAX_ATTEMPTS);
    }

    private static Future<Void> makeFolders(
            SqlConnection client, String business, MemoryPath path, long now, int attempts) {
        List<MemoryPath> wanted = path.ancestors();
        return lockFolders(client, business, wanted).compose(locked -> {
            List<MemoryPath> missing = wanted.stream()
                    .filter(folder -> !locked.contains(folder.children()))
                    .toList();
            if (missing.isEmpty()) {
                return Future.succeededFuture();
            }
            if (attempts == 0) {
                throw taken("A folder above is being archived; try again.").exception();
            }
            String[] ids = missing.stream().map(folder -> Ids.next("mem_", now)).toArray(String[]::new);
            return client.preparedQuery(MAKE_FOLDERS)
                    .execute(Tuple.of(business, folders(missing), names(missing), ids))
                    .compose(done -> makeFolders(client, business, path, now, attempts - 1));
        });
    }

    /** Locks the existing folders until the transaction ends, and returns their paths. */
    private static Future<Set<String>> lockFolders(SqlClient client, String business, List<MemoryPath> wanted) {
        if (wanted.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        return client.preparedQuery(LOCK_FOLDERS)
                .execute(Tuple.of(business, folders(wanted), names(wanted)))
                .map(rows -> rows.stream()
                        .map(row -> {
                            String path = row.getString("folder") + row.getString("name");
                            if (row.getString("type").equals(MemoryItem.DOCUMENT)) {
                                throw taken("There is a document at " + path + ", which cannot hold another.")
                                        .exception();
                            }
                            return path + "/";
                        })
                        .collect(Collectors.toSet()));
    }

    private static String[] folders(List<MemoryPath> paths) {
        return paths.stream().map(MemoryPath::folder).toArray(String[]::new);
    }

    private static String[] names(List<MemoryPath> paths) {
        return paths.stream().map(MemoryPath::name).toArray(String[]::new);
    }

    /** The first text in byte order after all paths below a folder. */
    private static String afterAllBelow(String folder) {
        return folder.substring(0, folder.length() - 1) + (char) ('/' + 1);
    }

    private static MemoryItem item(Row row) {
        String path = row.getString("folder") + row.getString("name");
        boolean folder = row.getString("type").equals(MemoryItem.FOLDER);
        return new MemoryItem(
                row.getString("type"), row.getString("label"), folder ? path + "/" : path, time(row, "updated_at"));
    }

    private static MemoryDocument document(Row row, MemoryPath path, @Nullable String content) {
        return new MemoryDocument(
                row.getString("name"),
                row.getString("title"),
                path.document(),
                content,
                Arrays.asList(row.getArrayOfStrings("tags")),
                row.getBoolean("pinned"),
                time(row, "updated_at"));
    }

    private static String time(Row row, String column) {
        return Times.format(row.getOffsetDateTime(column).toInstant());
    }

    static Problem missing() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no folder and no document at this path.");
    }

    private static Problem taken(String detail) {
        return Problem.of(ProblemType.CONFLICT, detail);
    }
}
