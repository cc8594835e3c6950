package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A public file, held in memory with its compressed form and its entity tag. Immutable.
 *
 * @param caching the value of {@code Cache-Control}
 */
public record StaticFile(String contentType, String caching, Buffer content, Buffer gzip, String etag) {
    public static final String HTML = "text/html; charset=utf-8";
    public static final String SCRIPT = "text/javascript; charset=utf-8";
    public static final String STYLE = "text/css; charset=utf-8";

    /** {@code Cache-Control} for a path whose content changes with the version of the server. */
    public static final String SHORT = "public, max-age=300";

    /** {@code Cache-Control} for a path with the digest, whose content never changes (RFC 8246). */
    public static final String IMMUTABLE = "public, max-age=31536000, immutable";

    /** Compresses the content, which takes too long for an event loop. */
    public static StaticFile of(String contentType, String caching, Buffer content) {
        return new StaticFile(contentType, caching, content, Gzip.of(content), EntityTags.of(content));
    }

    /** A file of the class path. */
    public static Buffer read(String name) {
        try (InputStream file = StaticFile.class.getClassLoader().getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is not on the class path.");
            }
            return Buffer.buffer(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This file with another {@code Cache-Control}. */
    StaticFile cached(String otherCaching) {
        return new StaticFile(contentType, otherCaching, content, gzip, etag);
    }

    /** The entity tag without quotes, for a path. */
    String digest() {
        return etag.replace("\"", "");
    }

    /** Ends the response with the file, its compressed form, or 304. Other headers must be set before. */
    public Future<Void> answer(HttpServerRequest request, Writers writers) {
        HttpServerResponse response = request.response();
        boolean large = content.length() >= Gzip.MIN_BYTES;
        boolean compressed = large && Gzip.isWanted(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        response.putHeader(HttpHeaders.ETAG, compressed ? EntityTags.gzipped(etag) : etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, caching)
                .putHeader(HttpHeaders.VARY, large ? HttpNames.ORIGIN_AND_ENCODING : HttpNames.ORIGIN)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        if (EntityTags.match(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
            return response.setStatusCode(304).end();
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        if (compressed) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpNames.GZIP);
        }
        return writers.write(request, compressed ? gzip : content);
    }
}
