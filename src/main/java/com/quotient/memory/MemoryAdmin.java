package com.quotient.memory;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists and restores archived documents and folders. Thread-safe. */
public final class MemoryAdmin {
    /** Rows archived by one statement share a time; the topmost of them is the one that the request named. */
    private static final String ROOTS = """
            SELECT id, folder, name, type, archived_at, (
                SELECT count(*) FROM memory_node below
                WHERE below.business_id = root.business_id AND below.archived_at = root.archived_at
                    AND (below.id = root.id OR starts_with(below.folder, root.folder || root.name || '/'))) AS items
            FROM memory_node root
            WHERE business_id = $1 AND archived_at IS NOT NULL AND NOT EXISTS (
                SELECT FROM memory_node above
                WHERE above.business_id = root.business_id AND above.archived_at = root.archived_at
                    AND above.type = 'folder' AND starts_with(root.folder, above.folder || above.name || '/'))
            """;

    static final String LIST = ROOTS + " ORDER BY archived_at DESC, id LIMIT $2";

    static final String FIND = ROOTS + " AND id = $2";

    private static final String IN_THE_WAY = """
            SELECT FROM memory_node WHERE business_id = $1 AND folder = $2 AND name = $3 AND archived_at IS NULL
            """;

    private static final String RESTORE = """
            UPDATE memory_node SET archived_at = NULL
            WHERE business_id = $1 AND archived_at = (
                    SELECT archived_at FROM memory_node WHERE business_id = $1 AND id = $2)
                AND (id = $2 OR starts_with(folder, $3 || '/'))
            """;

    /** The background indexer then makes restored documents searchable. */
    private static final String ASK_TO_BE_READ = """
            INSERT INTO memory_chunk (business_id, document_id, position, heading_path, content)
            SELECT business_id, id, 0, '{}', '' FROM memory_node
            WHERE business_id = $1 AND type = 'document' AND archived_at IS NULL AND (id = $2 OR starts_with(folder, $3 || '/'))
                AND NOT EXISTS (
                    SELECT FROM memory_chunk chunk WHERE chunk.business_id = $1 AND chunk.document_id = memory_node.id)
            """;

    private final Pool pool;

    public MemoryAdmin(Pool pool) {
        this.pool = pool;
    }

    /** Archived documents and folders, the latest first. */
    public Future<List<ArchivedMemory>> archived(String business, int maximum) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(business, maximum))
                .map(rows -> rows.stream().map(MemoryAdmin::archived).toList());
    }

    /**
     * Restores what one request archived to its old path, and creates missing parent folders. Search finds it some
     * seconds later.
     *
     * @param id as {@link #archived} names it
     * @return what was restored; null when no archived item has this id
     * @throws com.quotient.problem.ProblemException 409 when its path is taken
     */
    public Future<@Nullable ArchivedMemory> restore(String business, String id, long now) {
        return pool.withTransaction(client -> client.preparedQuery(FIND)
                .execute(Tuple.of(business, id))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture()
                        : restore(client, business, archived(rows.iterator().next()), now)));
    }

    private static Future<ArchivedMemory> restore(
            SqlConnection client, String business, ArchivedMemory archived, long now) {
        MemoryPath path = MemoryPath.of(archived.path());
        Tuple place = Tuple.of(business, archived.id(), path.document());
        return MemoryStore.makeFolders(client, business, path, now)
                .compose(made ->
                        client.preparedQuery(IN_THE_WAY).execute(Tuple.of(business, path.folder(), path.name())))
                .compose(inTheWay -> {
                    if (inTheWay.size() > 0) {
                        throw Problem.of(
                                        ProblemType.CONFLICT,
                                        "There is something at " + path.document()
                                                + " now; archive it, then restore again.")
                                .exception();
                    }
                    return client.preparedQuery(RESTORE).execute(place);
                })
                .compose(restored -> client.preparedQuery(ASK_TO_BE_READ).execute(place))
                .map(done -> archived);
    }

    private static ArchivedMemory archived(Row row) {
        String path = row.getString("folder") + row.getString("name");
        return new ArchivedMemory(
                row.getString("id"),
                row.getString("type").equals(MemoryItem.FOLDER) ? path + "/" : path,
                row.getOffsetDateTime("archived_at").toInstant(),
                row.getLong("items"));
    }
}
