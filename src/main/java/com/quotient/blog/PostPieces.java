package com.quotient.blog;

import com.quotient.http.Answer;
import com.quotient.http.Pieces;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of posts as JSON, read while it is written: as many posts at a time as fit into a piece, at least one. Used
 * once, by one event loop.
 */
final class PostPieces implements Pieces {
    private final List<PostPage.Entry> posts;
    private final Buffer tail;
    private final int pieceBytes;
    private final Function<List<String>, Future<List<Blog>>> read;

    private int next;
    private boolean isFirstPost = true;
    private boolean ended;

    /** {@code pageData} is JSON; {@code read} reads posts by id. */
    PostPieces(PostPage page, Buffer pageData, int pieceBytes, Function<List<String>, Future<List<Blog>>> read) {
        this.posts = page.posts();
        this.tail = Buffer.buffer("],\"pageData\":").appendBuffer(pageData).appendString("}");
        this.pieceBytes = pieceBytes;
        this.read = read;
    }

    @Override
    public Future<@Nullable Buffer> next() {
        if (ended) {
            return Future.succeededFuture();
        }
        Buffer piece = Buffer.buffer(next == 0 ? "{\"blogs\":[" : "");
        if (next == posts.size()) {
            ended = true;
            return Future.succeededFuture(piece.appendBuffer(tail));
        }
        return read.apply(ids()).map(blogs -> {
            for (Blog blog : blogs) {
                piece.appendString(isFirstPost ? "" : ",").appendBuffer(Answer.encode(blog));
                isFirstPost = false;
            }
            return piece;
        });
    }

    private List<String> ids() {
        List<String> ids = new ArrayList<>();
        long bytes = 0;
        do {
            bytes += posts.get(next).bytes();
            ids.add(posts.get(next).id());
            next++;
        } while (next < posts.size() && bytes + posts.get(next).bytes() <= pieceBytes);
        return ids;
    }
}
