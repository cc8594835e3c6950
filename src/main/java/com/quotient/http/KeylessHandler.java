package com.quotient.http;

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
    private final Requests requests;
    private final Routes routes;
    private final Bodies bodies;
    private final Responses responses;

    KeylessHandler(Requests requests, Routes routes, Bodies bodies, Responses responses) {
        this.requests = requests;
        this.routes = routes;
        this.bodies = bodies;
        this.responses = responses;
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
        ApiRequest request = requests.begin(http);
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
