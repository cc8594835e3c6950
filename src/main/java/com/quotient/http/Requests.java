package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.share.Shares;
import com.quotient.time.DatabaseClock;
import com.quotient.trace.Tracing;
import io.vertx.core.http.HttpServerRequest;

/** Begins the requests of one event loop, of the API and of the dashboard alike. */
final class Requests {
    private final Connections connections;
    private final RequestIds ids;
    private final DatabaseClock clock;
    private final int trustedProxies;
    private final Budgets budgets;
    private final Shares readers;
    private final Tracing tracing;

    /** {@code readers}: how businesses share the threads that read large bodies. */
    Requests(
            Connections connections,
            RequestIds ids,
            DatabaseClock clock,
            HttpConfig config,
            Budgets budgets,
            Shares readers,
            Tracing tracing) {
        this.connections = connections;
        this.ids = ids;
        this.clock = clock;
        this.trustedProxies = config.trustedProxies();
        this.budgets = budgets;
        this.readers = readers;
        this.tracing = tracing;
    }

    /** {@link Responses} ends it. */
    ApiRequest begin(HttpServerRequest http) {
        connections.began(http);
        RequestHead head = new RequestHead(http.headers());
        return new ApiRequest(
                http,
                head,
                ids.of(head.requestId()),
                System.nanoTime(),
                clock.millis(),
                trustedProxies,
                tracing.server(head.traceparent()),
                budgets,
                readers);
    }
}
