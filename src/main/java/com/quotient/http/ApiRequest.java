package com.quotient.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.address.ClientAddress;
import com.quotient.auth.Caller;
import com.quotient.auth.RateLimits.Allowance;
import com.quotient.auth.RequestFacts;
import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.share.Shares;
import com.quotient.trace.Span;
import com.quotient.trace.TraceParent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request. Used by the event loop of its connection only. */
public final class ApiRequest implements RequestFacts {
    private static final byte[] NO_BODY = new byte[0];

    /** Parsing a body of this size takes one or two milliseconds, whatever it holds. */
    private static final int MAX_PROMPT_BYTES = 16 * 1024;

    private final HttpServerRequest http;
    private final RequestHead head;
    private final String id;
    private final long startedNanos;
    private final long receivedMillis;
    private final int trustedProxies;
    private final @Nullable Span span;

    private Routes.@Nullable Match match;
    private @Nullable Caller caller;
    private @Nullable Allowance allowance;
    private boolean admitted;
    private boolean paused;
    private byte[] body = NO_BODY;
    private final Budgets budgets;
    private final Shares readers;
    private @Nullable List<Budget.Reservation> reservations;
    private @Nullable Query query;
    private @Nullable String clientAddress;
    private Idempotency.@Nullable Named named;
    private @Nullable Bodies bodies;

    ApiRequest(
            HttpServerRequest http,
            RequestHead head,
            String id,
            long startedNanos,
            long receivedMillis,
            int trustedProxies,
            @Nullable Span span,
            Budgets budgets,
            Shares readers) {
        this.http = http;
        this.readers = readers;
        this.budgets = budgets;
        this.head = head;
        this.id = id;
        this.startedNanos = startedNanos;
        this.receivedMillis = receivedMillis;
        this.trustedProxies = trustedProxies;
        this.span = span;
    }

    /** The trace that the request belongs to, or null. */
    public @Nullable TraceParent trace() {
        return span == null ? TraceParent.parse(head.traceparent()) : span.context();
    }

    /** The caller's own request id if it is valid, otherwise a new one. */
    public String id() {
        return id;
    }

    void named(Idempotency.Named idempotent) {
        named = idempotent;
    }

    /**
     * An id that is the same for every retry of a request with an {@code Idempotency-Key}; null without that header.
     */
    public @Nullable String repetition() {
        return named == null ? null : IdempotencyKey.repetition(named);
    }

    @Override
    public long receivedMillis() {
        return receivedMillis;
    }

    /** The caller. Only an authenticated request reaches an endpoint. */
    public Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("The request is not authenticated.");
        }
        return caller;
    }

    /** The tenant. It comes from the key alone. */
    public String businessId() {
        return caller().key().businessId();
    }

    /** The state of the key's rate limit after this request, or null if it has none. */
    public @Nullable Allowance allowance() {
        return allowance;
    }

    /**
     * Reads the body, a JSON text of at most {@code maxBytes}, for {@link #members}. For routes that run before their
     * body is read, see {@link KeylessHandler}.
     */
    public Future<Void> receive(int maxBytes) {
        if (bodies == null) {
            throw new IllegalStateException("The body was read before.");
        }
        return bodies.read(this, maxBytes, Answer.JSON).onSuccess(this::body).mapEmpty();
    }

    void receiveFrom(Bodies reader) {
        bodies = reader;
    }

    /** Adds a header to the answer. */
    public void answerHeader(String name, String value) {
        http.response().putHeader(name, value);
    }

    /** Whether the client has gone. */
    public boolean isAbandoned() {
        return http.response().closed();
    }

    /** The authority as the client sent it: a host and an optional port (RFC 9110 section 7.2); empty without. */
    public String host() {
        String authority = http.version() == HttpVersion.HTTP_2
                ? String.valueOf(http.authority())
                : http.getHeader(HttpHeaders.HOST);
        return authority == null ? "" : authority;
    }

    /** The inflated body; empty if there is none. */
    public byte[] body() {
        return body;
    }

    /** The body as a JSON object; anything else is a 400. */
    public ObjectNode json() {
        try {
            return StrictJson.object(body);
        } catch (InvalidJson e) {
            throw Problem.invalid(e.path(), e.getMessage()).exception();
        }
    }

    /** The members of the body, which must be a JSON object; anything else is a 400. */
    public Members members() {
        return new Members(json());
    }

    /**
     * Applies a reader to the {@link #members} of the body. A large body is parsed by a worker, since a hostile one
     * takes a hundred milliseconds. Each business has a share of the workers.
     */
    public <T> Future<T> read(Function<Members, T> reader) {
        return body.length <= MAX_PROMPT_BYTES
                ? Future.succeededFuture(reader.apply(members()))
                : readers.take(businessId(), () -> Vertx.currentContext()
                        .executeBlocking(() -> reader.apply(members()), false));
    }

    /**
     * The body of a route whose rule is {@link Route.BodyRule#STREAMED}, as it arrives and without decoding its
     * {@code Content-Encoding}. It is paused until it has a handler and is fetched or resumed. A client that waits for
     * {@code 100 Continue} is told to send it.
     */
    public ReadStream<Buffer> stream() {
        if ("100-continue".equalsIgnoreCase(http.getHeader(HttpHeaders.EXPECT))) {
            http.response().writeContinue();
        }
        return http;
    }

    /**
     * Whether the body is compressed with gzip.
     *
     * @throws com.quotient.problem.ProblemException 415 for any other coding (RFC 9110 section 8.4)
     */
    public boolean isGzipped() {
        String coding = header(HttpHeaders.CONTENT_ENCODING);
        if (coding == null || coding.equalsIgnoreCase("identity")) {
            return false;
        }
        if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
            return true;
        }
        throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "The body's Content-Encoding must be gzip or absent.")
                .withHeader("Accept-Encoding", "gzip")
                .exception();
    }

    /**
     * Reserves memory for rows that the endpoint is about to read, until the response is written. An
     * {@link Answer.Stream} reserves its memory by itself.
     *
     * @throws com.quotient.problem.ProblemException 503 if the budget has no room for this caller
     */
    public void reserve(long bytes) {
        reservation(budgets.rows()).require(bytes);
    }

    /** Path and query as sent (RFC 9112 section 3.2). */
    public String target() {
        return http.uri();
    }

    /**
     * The query, which may have the parameters that the route declares.
     *
     * @throws com.quotient.problem.ProblemException 400 if it is malformed or has an undeclared parameter
     */
    public Query query() {
        if (query == null) {
            query = Query.parse(http.query(), route().parameters());
        }
        return query;
    }

    /**
     * The value of the n-th parameter in the route's path, from 0. It is decoded, except for the rest of a path, which
     * is as sent.
     */
    public String pathParameter(int index) {
        return match().parameters().get(index);
    }

    public @Nullable String header(CharSequence name) {
        return http.getHeader(name);
    }

    /** The combined value of the header {@code If-Match}, or null; see {@link EntityTags#requireMatch}. */
    public @Nullable String ifMatch() {
        List<String> lines = http.headers().getAll(HttpHeaders.IF_MATCH);
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    @Override
    public @Nullable String origin() {
        return head.origin();
    }

    @Override
    public String routeName() {
        Route route = routeOrNull();
        return route == null ? "" : route.name();
    }

    @Override
    public boolean hasSeveralOrigins() {
        return head.hasSeveralOrigins();
    }

    @Override
    public @Nullable CharSequence userAgent() {
        return head.userAgent();
    }

    @Override
    public boolean hasFetchMetadata() {
        return head.hasFetchMetadata();
    }

    @Override
    public String clientAddress() {
        if (clientAddress == null) {
            SocketAddress peer = http.remoteAddress();
            List<String> forwarded =
                    trustedProxies == 0 ? List.of() : http.headers().getAll(HttpNames.X_FORWARDED_FOR);
            clientAddress = ClientAddress.of(
                    peer == null || peer.hostAddress() == null ? "0.0.0.0" : peer.hostAddress(),
                    forwarded,
                    trustedProxies);
        }
        return clientAddress;
    }

    @Nullable
    Span span() {
        return span;
    }

    HttpServerRequest http() {
        return http;
    }

    RequestHead head() {
        return head;
    }

    /** A reservation in a budget that ends with the request. */
    Budget.Reservation reservation(Budget budget) {
        Budget.Reservation reservation = budget.reservation(caller == null ? null : businessId(), clientAddress());
        if (reservations == null) {
            reservations = new ArrayList<>(2);
        }
        reservations.add(reservation);
        return reservation;
    }

    /** Releases all reservations: the response is written, or the client has gone. */
    void release() {
        if (reservations != null) {
            reservations.forEach(reservation -> reservation.shrinkTo(0));
        }
    }

    /** Stops the delivery of the body. */
    void pause() {
        if (!paused) {
            paused = true;
            http.pause();
        }
    }

    /** Resumes the delivery of the body if it was paused. */
    void resume() {
        if (paused) {
            paused = false;
            // A streamed body may have ended in the meantime, and HTTP/2 refuses to resume it then.
            if (!http.isEnded()) {
                http.resume();
            }
        }
    }

    /** The arrival of its head, by {@link System#nanoTime}. */
    public long startedNanos() {
        return startedNanos;
    }

    Routes.Match match() {
        if (match == null) {
            throw new IllegalStateException("The request has no route.");
        }
        return match;
    }

    Route route() {
        return match().route();
    }

    /** The template of the path, which is safe as a metric label, or null if no route was found. */
    @Nullable
    Route routeOrNull() {
        return match == null ? null : match.route();
    }

    @Nullable
    Caller callerOrNull() {
        return caller;
    }

    void match(Routes.Match found) {
        match = found;
    }

    void caller(Caller authenticated) {
        caller = authenticated;
    }

    /** Records that the caller was authorized; the allowance is the rest of its rate limit, null without one. */
    void admitted(@Nullable Allowance taken) {
        allowance = taken;
        admitted = true;
    }

    boolean isAdmitted() {
        return admitted;
    }

    void body(byte[] bytes) {
        body = bytes;
    }
}
