package com.quotient.memory;

import com.quotient.http.Answer;
import com.quotient.http.Pieces;
import com.quotient.memory.MemoryTree.Place;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the listing of a folder while its items are read, so that only one page of names is in memory. Items archived
 * meanwhile are left out with their contents. Used once, by one event loop.
 */
final class MemoryListing implements Pieces {
    private static final int PAGE_SIZE = 100;

    private final MemoryTree tree;
    private final boolean deep;
    private final Function<List<String>, Future<Map<String, MemoryItem>>> items;

    private int next;
    /** Folders whose children are being written. */
    private int open;
    /** Whether the current array is still empty. */
    private boolean empty = true;
    /** The depth of a folder that was archived meanwhile; everything deeper is left out. */
    private int gone = Integer.MAX_VALUE;

    private boolean ended;

    /** {@code items} reads items by id. Only {@code deep} shows children. */
    MemoryListing(MemoryTree tree, boolean deep, Function<List<String>, Future<Map<String, MemoryItem>>> items) {
        this.tree = tree;
        this.deep = deep;
        this.items = items;
    }

    @Override
    public Future<@Nullable Buffer> next() {
        if (ended) {
            return Future.succeededFuture();
        }
        List<Place> page = tree.places()
                .subList(next, Math.min(next + PAGE_SIZE, tree.places().size()));
        return page.isEmpty()
                ? Future.succeededFuture(write(page, Map.of()))
                : items.apply(page.stream().map(Place::id).toList()).map(found -> write(page, found));
    }

    private Buffer write(List<Place> page, Map<String, MemoryItem> found) {
        Buffer json = Buffer.buffer(next == 0 ? "{\"items\":[" : "");
        for (Place place : page) {
            if (place.depth() > gone) {
                continue;
            }
            MemoryItem item = found.get(place.id());
            gone = item == null ? place.depth() : Integer.MAX_VALUE;
            if (item != null) {
                write(item, place, json);
            }
        }
        next += page.size();
        ended = next == tree.places().size();
        if (ended) {
            close(0, json);
            json.appendString(tree.truncated() ? "],\"truncated\":true}" : "]}");
        }
        return json;
    }

    private void write(MemoryItem item, Place place, Buffer json) {
        close(place.depth(), json);
        Buffer object = Answer.encode(item);
        json.appendString(empty ? "" : ",");
        empty = false;
        if (deep && place.isFolder()) {
            json.appendBuffer(object.slice(0, object.length() - 1)).appendString(",\"children\":[");
            open++;
            empty = true;
        } else {
            json.appendBuffer(object);
        }
    }

    private void close(int depth, Buffer json) {
        for (; open > depth; open--) {
            json.appendString("]}");
            empty = false;
        }
    }
}
