package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.share.Shares;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * The path of a request without an API key: find its route and call the endpoint, which authenticates the caller and
 * then receives the body, see {@link ApiRequest#receive}. Used by one event loop.
 */
final class KeylessHandler implements Handler<HttpServerRequest> {
    private final Routes routes;
    private final Bodies bodies;
    private final Responses responses;
    private final Connections connections;
    private final DatabaseClock clock;
    private final HttpConfig config;
    private final RequestIds ids;
    private final Budgets budgets;
    private final Shares readers;

    KeylessHandler(
            Routes routes,
            Bodies bodies,
            Responses responses,
            Connections connections,
            DatabaseClock clock,
            HttpConfig config,
            RequestIds ids,
            Budgets budgets,
            Shares readers) {
        this.routes = routes;
        this.bodies = bodies;
        this.responses = responses;
        this.connections = connections;
        this.clock = clock;
        this.config = config;
        this.ids = ids;
        this.budgets = budgets;
        this.readers = readers;
    }

    /** No page of another origin reads it, and no browser takes it for something else than it is. */
    static void headers(ApiRequest request, MultiMap headers) {
        headers.set("X-Content-Type-Options", "nosniff")
                .set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .set("Cross-Origin-Resource-Policy", "same-origin")
                .set("Referrer-Policy", "no-referrer");
    }

    @Override
    public void handle(HttpServerRequest http) {
        connections.began(http);
        RequestHead head = new RequestHead(http.headers());
        ApiRequest request = new ApiRequest(
                http,
                head,
                ids.of(head.requestId()),
                System.nanoTime(),
                clock.millis(),
                config.trustedProxies(),
                budgets,
                readers);
        request.receiveFrom(bodies);
        Future<Answer> answer;
        try {
            if (http.method().equals(HttpMethod.OPTIONS)) {
                responses.options(request, routes.allow(http.path()));
                return;
            }
            request.match(routes.find(http.method(), http.path()));
            request.query();
            // No part of the body may be delivered before the endpoint has authenticated the caller.
            request.pause();
            answer = request.route().endpoint().apply(request);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(
                done -> {
                    request.resume();
                    responses.answer(request, done);
                },
                failure -> responses.failure(request, failure));
    }
}
