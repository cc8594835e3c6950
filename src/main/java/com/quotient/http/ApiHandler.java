package com.quotient.http;

import com.quotient.auth.ApiKeyHandler;
import com.quotient.auth.Caller;
import com.quotient.config.Config;
import com.quotient.http.Route.BodyRule;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.share.Shares;
import com.quotient.time.DatabaseClock;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The walk of a request: find its route, identify its key, ask whether the key may, read the body, ask the endpoint or
 * those who remember what it said before, write what came of it. Each step is a future that fails with a problem, and only
 * {@link Responses} writes. Used by one event loop.
 */
final class ApiHandler implements Handler<HttpServerRequest> {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";

    /** What is held of a body that is taken piece by piece: what was read from the socket, and what is made of it. */
    private static final int STREAMED_BODY_BYTES = 1 << 20;

    private final Routes routes;
    private final ApiKeyHandler apiKeys;
    private final Bodies bodies;
    private final Responses responses;
    private final Connections connections;
    private final DatabaseClock clock;
    private final Config.Http config;
    private final Function<byte[], @Nullable String> keyInBody;
    private final RequestIds ids;
    private final Idempotency idempotency;
    private final Budgets budgets;
    private final Shares readers;

    ApiHandler(
            Routes routes,
            ApiKeyHandler apiKeys,
            Bodies bodies,
            Responses responses,
            Connections connections,
            DatabaseClock clock,
            Config.Http config,
            RequestIds ids,
            Idempotency idempotency,
            Budgets budgets,
            Shares readers,
            Function<byte[], @Nullable String> keyInBody) {
        this.routes = routes;
        this.apiKeys = apiKeys;
        this.bodies = bodies;
        this.responses = responses;
        this.connections = connections;
        this.clock = clock;
        this.config = config;
        this.ids = ids;
        this.idempotency = idempotency;
        this.budgets = budgets;
        this.readers = readers;
        this.keyInBody = keyInBody;
    }

    @Override
    public void handle(HttpServerRequest http) {
        ApiRequest request = begin(http);
        if (http.method().equals(HttpMethod.OPTIONS)) {
            options(request);
            return;
        }
        Future<Answer> answer;
        try {
            answer = walk(request);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        if (!answer.isComplete()) {
            answer.onComplete(done -> responses.answer(request, done), failure -> responses.failure(request, failure));
        } else if (answer.succeeded()) {
            responses.answer(request, answer.result());
        } else {
            responses.failure(request, answer.cause());
        }
    }

    /** What is not HTTP gets one answer and no second chance: whatever follows on the connection cannot be trusted. */
    void refuse(HttpServerRequest http) {
        Throwable cause = http.decoderResult().cause();
        Problem problem = cause instanceof TooLongHttpLineException
                ? Problem.of(ProblemType.URI_TOO_LONG, "The request line is too long.")
                : cause instanceof TooLongHttpHeaderException
                        ? RequestRules.headersTooLarge()
                        : cause instanceof BadHead bad ? Problem.invalid("", bad.sentence()) : Responses.NOT_HTTP;
        refuse(http, problem.withHeader("Connection", "close"));
    }

    void refuse(HttpServerRequest http, Problem problem) {
        ApiRequest request = begin(http);
        if (http.version() == HttpVersion.HTTP_2) {
            // They may be many, and a client may take its time to read the answer.
            http.headers().clear();
        }
        responses.failure(request, problem.exception());
    }

    private ApiRequest begin(HttpServerRequest http) {
        connections.began(http);
        RequestHead head = new RequestHead(http.headers());
        return new ApiRequest(
                http,
                head,
                ids.of(head.requestId()),
                System.nanoTime(),
                clock.millis(),
                config.trustedProxies(),
                budgets,
                readers);
    }

    /** No key is asked for: a preflight cannot carry one, and what methods there are is no secret. */
    private void options(ApiRequest request) {
        if (Cors.isPreflight(request.http())) {
            responses.preflight(request);
            return;
        }
        try {
            responses.options(request, routes.allow(request.http().path()));
        } catch (ProblemException e) {
            responses.failure(request, e);
        }
    }

    private Future<Answer> walk(ApiRequest request) {
        HttpServerRequest http = request.http();
        request.match(routes.find(http.method(), http.path()));
        return carriesKeyInBody(request) ? walkWithKeyInBody(request) : walkWithKeyInHeader(request);
    }

    private Future<Answer> walkWithKeyInHeader(ApiRequest request) {
        Future<Caller> identified = apiKeys.identify(request.head().authorization());
        if (identified.succeeded()) {
            return enter(request, identified.result());
        }
        if (!identified.isComplete()) {
            // Whoever reads the body resumes; until then none of it may arrive and be lost.
            request.pause();
        }
        return identified.compose(caller -> enter(request, caller));
    }

    private Future<Answer> enter(ApiRequest request, Caller caller) {
        admit(request, caller);
        if (request.route().body().read()) {
            return readBody(request).compose(body -> ask(request));
        }
        if (request.route().body().streamed()) {
            request.reservation(budgets.bodies()).require(STREAMED_BODY_BYTES);
            request.pause();
        } else {
            request.resume();
        }
        return ask(request);
    }

    /** A page that goes away can send neither headers nor a preflight, so its key comes with the body. */
    private Future<Answer> walkWithKeyInBody(ApiRequest request) {
        return bodies.read(request, config.maxPublicBodyBytes(), TEXT)
                .compose(body -> {
                    request.body(body);
                    return apiKeys.identifyInBody(keyInBody.apply(body), request);
                })
                .compose(caller -> {
                    admit(request, caller);
                    return ask(request);
                });
    }

    private void admit(ApiRequest request, Caller caller) {
        request.caller(caller);
        request.admitted(apiKeys.admit(caller, request, request.route().access()));
        // A query that is refused costs no body.
        request.query();
    }

    private Future<?> readBody(ApiRequest request) {
        BodyRule rule = request.route().body();
        int tierLimit = request.caller().key().tier() == KeyTier.PUBLIC
                ? config.maxPublicBodyBytes()
                : config.maxSecretBodyBytes();
        return bodies.read(request, rule.maxBytes() > 0 ? rule.maxBytes() : tierLimit, JSON)
                .onSuccess(request::body);
    }

    private Future<Answer> ask(ApiRequest request) {
        Route route = request.route();
        String idempotencyKey = request.head().idempotencyKey();
        if (idempotencyKey == null || !route.isIdempotent(request.caller().key().tier())) {
            return route.endpoint().apply(request);
        }
        Idempotency.Named named = IdempotencyKey.named(request, idempotencyKey);
        request.named(named);
        return idempotency.once(
                named, route.commitsItself(), () -> route.endpoint().apply(request));
    }

    private static boolean carriesKeyInBody(ApiRequest request) {
        if (!request.route().body().keyInBody() || request.head().hasAuthorization()) {
            return false;
        }
        String type = request.http().getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(TEXT);
    }
}
