package com.quotient.http;

import com.quotient.auth.RateLimits.Allowance;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes every response of the API, answers and problems alike. Used by one event loop. */
final class Responses {
    private static final Logger log = LoggerFactory.getLogger(Responses.class);

    /** The maximum rest of a refused body that is read to its end, so that its connection can be reused. */
    private static final int MAX_DISCARDED_BYTES = 64 * 1024;

    /**
     * The smallest send buffer that Linux gives a connection by default is larger (tcp_wmem, 16 KiB and its own
     * growth).
     */
    private static final int MAX_PROMPT_BYTES = 8 * 1024;

    /**
     * The number of small answers of one connection that need no reservation; each further one reserves the bytes
     * below.
     */
    private static final int MAX_FREE_ANSWERS = 16;

    private static final int MIN_RESERVED_BYTES = 4 * 1024;

    /** RFC 9113 section 7. */
    private static final long HTTP2_INTERNAL_ERROR = 2;

    private static final long HTTP2_ENHANCE_YOUR_CALM = 11;

    /** For counting only: the client disconnected before it was answered. */
    private static final int CLIENT_LEFT = 499;

    static final Problem NOT_HTTP =
            Problem.invalid("", "The request is not valid HTTP.").withHeader("Connection", "close");

    private final RequestRecords records;
    private final BiConsumer<ApiRequest, MultiMap> commonHeaders;
    private final Connections connections;
    private final Writers writers;
    private final Budgets budgets;
    private final Compression compression;
    private boolean draining;

    /** {@code commonHeaders} adds the headers of every response of this kind. */
    Responses(
            RequestRecords records,
            Connections connections,
            Writers writers,
            Budgets budgets,
            Compression compression,
            BiConsumer<ApiRequest, MultiMap> commonHeaders) {
        this.records = records;
        this.connections = connections;
        this.writers = writers;
        this.budgets = budgets;
        this.compression = compression;
        this.commonHeaders = commonHeaders;
    }

    /** From now on every response asks its client to close the connection. */
    void drain() {
        draining = true;
    }

    void answer(ApiRequest request, Answer answer) {
        MultiMap headers = keyedHeaders(request);
        if (answer instanceof Answer.Json json) {
            boolean gzip = compression.negotiate(request, headers, json.body());
            if (!answerUnchanged(request, json.etag(), gzip)) {
                headers.set(HttpHeaders.CONTENT_TYPE, HttpNames.JSON);
                write(request, 200, json.body(), gzip);
            }
        } else if (answer instanceof Answer.Stream stream) {
            boolean gzip = compression.negotiate(request, headers);
            if (answerUnchanged(request, stream.etag(), gzip)) {
                stream.pieces().close();
            } else {
                headers.set(HttpHeaders.CONTENT_TYPE, stream.contentType());
                stream(request, gzip ? compression.pieces(stream.pieces()) : stream.pieces());
            }
        } else if (answer instanceof Answer.Replayed replayed) {
            headers.set(HttpHeaders.CONTENT_TYPE, replayed.status() < 400 ? HttpNames.JSON : HttpNames.PROBLEM_JSON)
                    .set(HttpNames.IDEMPOTENCY_REPLAYED, "true");
            write(
                    request,
                    replayed.status(),
                    replayed.body(),
                    compression.negotiate(request, headers, replayed.body()));
        }
    }

    /**
     * Answers 304 and returns true if the caller has this version. A response with a tag may be cached if it is
     * revalidated each time.
     */
    private boolean answerUnchanged(ApiRequest request, @Nullable String etag, boolean gzip) {
        if (etag == null) {
            return false;
        }
        HttpServerResponse response =
                request.http().response().putHeader(HttpHeaders.ETAG, gzip ? EntityTags.gzipped(etag) : etag);
        if (!isRead(request)) {
            return false;
        }
        response.putHeader(HttpHeaders.CACHE_CONTROL, HttpNames.PRIVATE_NO_CACHE);
        if (!EntityTags.match(request.header(HttpHeaders.IF_NONE_MATCH), etag)) {
            return false;
        }
        end(request, 304, response.setStatusCode(304).end());
        return true;
    }

    private void write(ApiRequest request, int status, Buffer body, boolean gzip) {
        if (!gzip) {
            write(request, status, body);
        } else if (body.length() <= Gzip.MAX_WHOLE_BYTES) {
            request.http().response().putHeader(HttpHeaders.CONTENT_ENCODING, HttpNames.GZIP);
            write(request, status, Gzip.of(body));
        } else if (status != 200) {
            write(request, status, body);
        } else if (reserve(request, body.length())) {
            stream(request, compression.pieces(GzipPieces.of(body)));
        } else {
            request.http().response().headers().remove(HttpHeaders.ETAG);
            failure(request, Budget.overloaded());
        }
    }

    private void write(ApiRequest request, int status, Buffer body) {
        HttpServerResponse response = request.http().response().setStatusCode(status);
        if (isHead(request) || body.length() <= MAX_PROMPT_BYTES && !isHttp2(request)) {
            end(request, status, ResponseBody.end(request.http(), body));
        } else if (reserve(request, body.length())) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            writers.write(PieceWriter.of(request.http(), body))
                    .onComplete(done -> ended(request, status), failed -> ended(request, CLIENT_LEFT));
        } else if (status < 400) {
            response.headers().remove(HttpHeaders.ETAG);
            failure(request, noRoom(request));
        } else {
            // There is no room even for a problem: the client reads none of its responses.
            response.reset(HTTP2_ENHANCE_YOUR_CALM).onComplete(reset -> ended(request, status));
        }
    }

    /**
     * Whether there is room for an answer until its client reads it. A few small answers per connection need no
     * reservation: HTTP/1.1 has one at a time, and HTTP/2 usually has few.
     */
    private boolean reserve(ApiRequest request, int bytes) {
        return bytes <= MAX_PROMPT_BYTES && connections.inFlight(request.http()) <= MAX_FREE_ANSWERS
                || request.reservation(budgets.answers()).grow(Math.max(bytes, MIN_RESERVED_BYTES));
    }

    /** {@code OVERLOADED} says that nothing was stored, which is certain only for reads. */
    private static ProblemException noRoom(ApiRequest request) {
        return isHead(request) || request.http().method().equals(HttpMethod.GET)
                ? Budget.overloaded()
                : Problem.of(
                                ProblemType.UNAVAILABLE,
                                "The request was carried out, but memory has no room for its answer; read what it"
                                        + " changed, or send it again.")
                        .retryAfter(1)
                        .exception();
    }

    private static boolean isHttp2(ApiRequest request) {
        return request.http().version() == HttpVersion.HTTP_2;
    }

    private static boolean isRead(ApiRequest request) {
        return request.http().method().equals(HttpMethod.GET) || isHead(request);
    }

    private static boolean isHead(ApiRequest request) {
        return request.http().method().equals(HttpMethod.HEAD);
    }

    void preflight(ApiRequest request) {
        Cors.addPreflight(request.http().headers(), commonHeaders(request));
        noContent(request);
    }

    /** Answers {@code OPTIONS} with the methods of the path (RFC 9110 section 9.3.7). */
    void options(ApiRequest request, String allow) {
        commonHeaders(request).set(HttpHeaders.ALLOW, allow);
        noContent(request);
    }

    void failure(ApiRequest request, Throwable failure) {
        HttpServerResponse response = request.http().response();
        if (response.ended() || response.closed()) {
            ended(request, CLIENT_LEFT);
            return;
        }
        if (response.headWritten()) {
            // A stream that fails is cut, so that no client takes a part of it for the whole.
            log.warn("The response to request {} broke off: {}", request.id(), failure.toString());
            if (isHttp2(request)) {
                response.reset(HTTP2_INTERNAL_ERROR).onFailure(gone -> log.debug("A stream was gone", gone));
            } else {
                Connections.close(request.http().connection());
            }
            ended(request, ProblemType.INTERNAL.status());
            return;
        }
        Problem problem = FailureProblem.of(request, failure);
        MultiMap headers = keyedHeaders(request);
        headers.set(HttpHeaders.CONTENT_TYPE, HttpNames.PROBLEM_JSON);
        headers.remove(HttpHeaders.TRANSFER_ENCODING);
        problem.headers().forEach(headers::set);
        boolean closes = problem.headers().containsKey("Connection");
        if (request.http().version() == HttpVersion.HTTP_2) {
            // A broken HTTP/2 stream does not concern the others, and HTTP/2 has no such header (RFC 9113 section
            // 8.2.2).
            headers.remove(HttpHeaders.CONNECTION);
            closes = false;
        }
        int status = problem.type().status();
        if (abandonsBody(request, status)) {
            askToLeave(request.http(), headers);
        }
        request.resume();
        Buffer body = ProblemText.of(problem);
        write(request, status, body, compression.negotiate(request, headers, body));
        if (closes) {
            // Vert.x closes a broken connection at once; only this flushes what it still holds.
            Connections.close(request.http().connection());
        }
    }

    /** Until the first piece is ready, a failure can still be answered with a status. */
    private void stream(ApiRequest request, Pieces pieces) {
        Future<@Nullable Buffer> first;
        try {
            request.reserve(budgets.streamBytes());
            first = pieces.next();
        } catch (RuntimeException e) {
            first = Future.failedFuture(e);
        }
        first.onComplete(piece -> stream(request, piece, pieces), failure -> {
            pieces.close();
            failure(request, failure);
        });
    }

    private void stream(ApiRequest request, @Nullable Buffer first, Pieces pieces) {
        HttpServerResponse response = request.http().response();
        if (pieces instanceof GzipPieces) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpNames.GZIP);
        }
        if (isHead(request)) {
            pieces.close();
            end(request, 200, response.end());
            return;
        }
        response.setChunked(true);
        PieceWriter writer = PieceWriter.of(request.http(), first, pieces);
        writers.write(writer)
                .onComplete(
                        done -> {
                            ended(request, 200);
                            if (request.http().version() == HttpVersion.HTTP_1_0) {
                                // Without chunked coding, the end of the connection ends the stream.
                                Connections.close(request.http().connection());
                            }
                        },
                        failure -> {
                            if (writer.gaveUp()) {
                                ended(request, CLIENT_LEFT);
                            } else {
                                failure(request, failure);
                            }
                        });
    }

    private void noContent(ApiRequest request) {
        end(request, 204, request.http().response().setStatusCode(204).end());
    }

    /** The headers of every response. */
    private MultiMap commonHeaders(ApiRequest request) {
        MultiMap headers = request.http().response().headers();
        headers.set(HttpNames.X_REQUEST_ID, request.id());
        commonHeaders.accept(request, headers);
        if (draining) {
            askToLeave(request.http(), headers);
        }
        return headers;
    }

    /** HTTP/2 has no such header (RFC 9113 section 8.2.2); its clients get GOAWAY when the server shuts down. */
    private static void askToLeave(HttpServerRequest request, MultiMap headers) {
        if (request.version() != HttpVersion.HTTP_2) {
            headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    /** The headers of every response that depends on a key. */
    private MultiMap keyedHeaders(ApiRequest request) {
        MultiMap headers = commonHeaders(request).set(HttpHeaders.CACHE_CONTROL, HttpNames.NO_STORE);
        Allowance allowance = request.allowance();
        if (allowance != null) {
            headers.set(HttpNames.RATE_LIMIT, allowance.header())
                    .set(HttpNames.RATE_LIMIT_POLICY, allowance.policyHeader());
        }
        return headers;
    }

    /**
     * Whether the rest of a body is too long to be read for the sake of the connection, or may never arrive: a client
     * that waits for {@code 100 Continue} need not send it.
     */
    private static boolean abandonsBody(ApiRequest request, int status) {
        HttpServerRequest http = request.http();
        return !http.isEnded()
                && (status == ProblemType.REQUEST_TIMEOUT.status()
                        || request.head().announcesBody()
                                && (http.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                                        || http.headers().contains(HttpHeaders.EXPECT)
                                        || Bodies.declaredLength(http) > MAX_DISCARDED_BYTES));
    }

    /** What fits into the buffer of a socket does not wait for the client. */
    private void end(ApiRequest request, int status, Future<Void> written) {
        if (written.failed()) {
            log.debug("A response was not written", written.cause());
        }
        ended(request, status);
    }

    private void ended(ApiRequest request, int status) {
        long now = System.nanoTime();
        records.ended(request, status, now);
        connections.ended(request.http(), now);
        request.release();
        if (isHttp2(request)) {
            Connections.stopBody(request.http());
        } else if (abandonsBody(request, status)) {
            connections.leave(request.http());
            return;
        }
        if (draining && connections.isIdle(request.http())) {
            Connections.close(request.http().connection());
        }
    }
}
