package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A body that is compressed while it is written. Each piece is made of a small part of the plain body, so that no turn
 * of the event loop takes long, however large the pieces of that are. Used by one event loop.
 */
final class GzipPieces implements Pieces {
    private static final int PART_BYTES = 8 * 1024;

    private final Pieces plain;
    private final Runnable closed;
    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private @Nullable GZIPOutputStream gzip;
    private @Nullable Buffer piece;
    private int offset;
    private boolean complete;

    /** {@code closed} is called with {@link #close}. */
    GzipPieces(Pieces plain, Runnable closed) {
        this.plain = plain;
        this.closed = closed;
    }

    /** One whole body. */
    static Pieces of(Buffer body) {
        boolean[] handedOut = new boolean[1];
        return () -> {
            Future<@Nullable Buffer> next = Future.succeededFuture(handedOut[0] ? null : body);
            handedOut[0] = true;
            return next;
        };
    }

    @Override
    public Future<@Nullable Buffer> next() {
        if (complete) {
            return Future.succeededFuture();
        }
        Buffer current = piece;
        if (current != null && offset < current.length()) {
            return Future.succeededFuture(part(current));
        }
        return plain.next().map(next -> {
            piece = next;
            offset = 0;
            return next == null ? last() : part(next);
        });
    }

    @Override
    public void close() {
        try {
            // Zlib's memory is not on the heap.
            if (gzip != null && !complete) {
                gzip.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closed.run();
            plain.close();
        }
    }

    private Buffer part(Buffer current) {
        int end = Math.min(offset + PART_BYTES, current.length());
        try {
            stream().write(current.getBytes(offset, end));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        offset = end;
        return drain();
    }

    private Buffer last() {
        try {
            stream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        complete = true;
        return drain();
    }

    private GZIPOutputStream stream() throws IOException {
        if (gzip == null) {
            gzip = Gzip.to(compressed);
        }
        return gzip;
    }

    private Buffer drain() {
        Buffer bytes = Buffer.buffer(compressed.toByteArray());
        compressed.reset();
        return bytes;
    }
}
