package com.quotient.http;

import com.quotient.auth.ApiKeyHandler;
import com.quotient.auth.Caller;
import com.quotient.config.HttpConfig;
import com.quotient.http.Route.BodyRule;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
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
 * The path of a request through the server: find its route, authenticate its key, authorize it, read the body, call the
 * endpoint or replay its stored answer, and write the response. Each step is a future that fails with a problem, and
 * only {@link Responses} writes. Used by one event loop.
 */
final class ApiHandler implements Handler<HttpServerRequest> {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";

    /** The memory of a streamed body: what was read from the socket, and what is made of it. */
    private static final int STREAMED_BODY_BYTES = 1 << 20;

    private final Requests requests;
    private final Routes routes;
    private final ApiKeyHandler apiKeys;
    private final Bodies bodies;
    private final Responses responses;
    private final HttpConfig config;
    private final Function<byte[], @Nullable String> keyInBody;
    private final Idempotency idempotency;
    private final Budgets budgets;

    ApiHandler(
            Requests requests,
            Routes routes,
            ApiKeyHandler apiKeys,
            Bodies bodies,
            Responses responses,
            HttpConfig config,
            Idempotency idempotency,
            Budgets budgets,
            Function<byte[], @Nullable String> keyInBody) {
        this.requests = requests;
        this.routes = routes;
        this.apiKeys = apiKeys;
        this.bodies = bodies;
        this.responses = responses;
        this.config = config;
        this.idempotency = idempotency;
        this.budgets = budgets;
        this.keyInBody = keyInBody;
    }

    @Override
    public void handle(HttpServerRequest http) {
        ApiRequest request = requests.begin(http);
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

    /** A malformed request gets one answer and ends the connection, since nothing that follows on it can be trusted. */
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
        ApiRequest request = requests.begin(http);
        if (http.version() == HttpVersion.HTTP_2) {
            // A client may send many headers and read the answer late.
            http.headers().clear();
        }
        responses.failure(request, problem.exception());
    }

    /** No key is required: a preflight cannot carry one, and the methods of a path are no secret. */
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
            // Nothing of the body may be delivered and lost until its reader resumes the request.
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

    /** A page that is being closed can send neither headers nor a preflight, so its key comes with the body. */
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
        // A bad query is refused before the body is read.
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
