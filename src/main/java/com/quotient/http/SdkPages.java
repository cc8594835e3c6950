package com.quotient.http;

import com.quotient.config.HttpConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the browser SDK for script tags at {@code /sdk/quotient.browser.js}, at a path with its digest that can be
 * cached for ever, and at {@code http.scriptAlias}. Pages of every origin may load it.
 */
final class SdkPages {
    private static final Logger log = LoggerFactory.getLogger(SdkPages.class);
    private static final String PATH = "/sdk/quotient.browser.js";

    private SdkPages() {}

    static void mount(Router router, Vertx vertx, HttpConfig config, Writers writers) {
        for (String path : new String[] {PATH, "/sdk/:digest/quotient.browser.js", config.scriptAlias()}) {
            if (!path.isEmpty()) {
                // Compressing the file, once, takes too long for an event loop.
                router.get(path).handler(context -> vertx.executeBlocking(Bundle::file, false)
                        .onSuccess(file -> answer(context, file, writers))
                        .onFailure(context::fail));
                router.head(path).handler(context -> vertx.executeBlocking(Bundle::file, false)
                        .onSuccess(file -> answer(context, file, writers))
                        .onFailure(context::fail));
            }
        }
    }

    private static void answer(RoutingContext context, StaticFile file, Writers writers) {
        String digest = context.pathParam("digest");
        if (digest != null && !digest.equals(file.digest())) {
            // A page of another version of the server asks for it, and is redirected to the plain path.
            context.next();
            return;
        }
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader("Cross-Origin-Resource-Policy", "cross-origin");
        if (digest == null) {
            response.putHeader("Content-Location", "/sdk/" + file.digest() + "/quotient.browser.js");
        }
        (digest == null ? file : file.cached(StaticFile.IMMUTABLE))
                .answer(context.request(), writers)
                .onFailure(left -> log.debug("The SDK was not read", left));
    }

    /** Read at the first request. */
    private static final class Bundle {
        private static final StaticFile FILE =
                StaticFile.of(StaticFile.SCRIPT, StaticFile.SHORT, StaticFile.read("sdk/quotient.browser.js"));

        static StaticFile file() {
            return FILE;
        }
    }
}
