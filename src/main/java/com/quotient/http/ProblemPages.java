package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The paths outside the API: a page for each problem's {@code type}, the {@link ReferencePages}, the {@link SdkPages},
 * and 404 for the rest.
 */
final class ProblemPages {
    private static final Logger log = LoggerFactory.getLogger(ProblemPages.class);
    private static final String TEXT = "text/plain; charset=utf-8";

    private ProblemPages() {}

    static Router router(Vertx vertx, HttpConfig config, Routes routes, Writers writers) {
        Router router = Router.router(vertx);
        for (ProblemType type : ProblemType.values()) {
            router.get(type.uri()).method(HttpMethod.HEAD).handler(context -> explain(context, type));
        }
        ReferencePages.mount(router, vertx, writers);
        SdkPages.mount(router, vertx, config, writers);
        router.route().handler(context -> notFound(context.request(), routes));
        // Vert.x refuses a path that cannot be decoded before any route matches.
        router.errorHandler(400, context -> notFound(context.request(), routes));
        router.route().failureHandler(context -> notFound(context.request(), routes));
        return router;
    }

    private static void explain(RoutingContext context, ProblemType type) {
        secure(context.response()).putHeader("Content-Type", TEXT);
        String text = type.name() + " (" + type.status() + ")\n\n" + type.title() + ".\n" + type.advice() + "\n";
        ResponseBody.end(context.request(), Buffer.buffer(text)).onFailure(context::fail);
    }

    private static void notFound(HttpServerRequest request, Routes routes) {
        String meant = routes.meant(request.path());
        Problem problem = Problem.of(
                ProblemType.NOT_FOUND,
                "Nothing is here; "
                        + (meant == null
                                ? "the API begins with " + Routes.PREFIX + "."
                                : "did you mean " + meant + "?"));
        refuse(request, problem);
    }

    /** Ends the response with a problem. */
    static void refuse(HttpServerRequest request, Problem problem) {
        HttpServerResponse response = secure(request.response())
                .setStatusCode(problem.type().status())
                .putHeader("Content-Type", "application/problem+json");
        problem.headers().forEach(response::putHeader);
        ResponseBody.end(request, ProblemText.of(problem))
                .onFailure(failure -> log.debug("A problem could not be written", failure));
    }

    private static HttpServerResponse secure(HttpServerResponse response) {
        return response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Vary", "Origin");
    }
}
