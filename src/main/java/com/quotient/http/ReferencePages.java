package com.quotient.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The description of the API (OpenAPI 3.1) at {@code /openapi.json}, and the page {@code /docs} that shows it. Both are
 * public. The page loads nothing from other hosts and runs only the scripts listed here. No path leads to another file.
 */
final class ReferencePages {
    private static final Logger log = LoggerFactory.getLogger(ReferencePages.class);

    private static final String DESCRIPTION = "/openapi.json";
    private static final String PAGE = "/docs";
    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/5.31.0/";

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ReferencePages() {}

    static void mount(Router router, Vertx vertx, Writers writers) {
        router.route().method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> {
            String path = context.request().path();
            if (!path.equals(DESCRIPTION) && !path.equals(PAGE) && !path.startsWith(PAGE + "/")) {
                context.next();
                return;
            }
            // Converting the description and reading the files, once, takes too long for an event loop.
            vertx.executeBlocking(() -> Pages.ALL.get(path), false)
                    .onSuccess(page -> answer(context, page, writers))
                    .onFailure(context::fail);
        });
    }

    private static void answer(RoutingContext context, @Nullable StaticFile page, Writers writers) {
        if (page == null) {
            context.next();
            return;
        }
        context.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader("Content-Security-Policy", POLICY);
        page.answer(context.request(), writers).onFailure(left -> log.debug("A page was not read", left));
    }

    /** By path, read at the first request. */
    private static final class Pages {
        static final Map<String, StaticFile> ALL = all();

        private static Map<String, StaticFile> all() {
            Map<String, StaticFile> pages = new HashMap<>();
            String html = StaticFile.read("docs/index.html").toString();
            html = named(
                    html,
                    pages,
                    "swagger-ui.css",
                    StaticFile.of(
                            StaticFile.STYLE, StaticFile.IMMUTABLE, StaticFile.read(SWAGGER_UI + "swagger-ui.css")));
            html = named(
                    html,
                    pages,
                    "swagger-ui-bundle.js",
                    StaticFile.of(
                            StaticFile.SCRIPT,
                            StaticFile.IMMUTABLE,
                            StaticFile.read(SWAGGER_UI + "swagger-ui-bundle.js")));
            html = named(
                    html,
                    pages,
                    "start.js",
                    StaticFile.of(StaticFile.SCRIPT, StaticFile.IMMUTABLE, StaticFile.read("docs/start.js")));
            StaticFile page = StaticFile.of(StaticFile.HTML, StaticFile.SHORT, Buffer.buffer(html));
            pages.put(PAGE, page);
            pages.put(PAGE + "/", page);
            pages.put(DESCRIPTION, StaticFile.of(Answer.JSON, StaticFile.SHORT, description()));
            return Map.copyOf(pages);
        }

        /** Adds a file under a path with its digest, so that it can be cached for ever. */
        private static String named(String html, Map<String, StaticFile> pages, String name, StaticFile file) {
            String path = PAGE + "/" + file.digest() + "/" + name;
            pages.put(path, file);
            return html.replace(PAGE + "/" + name, path);
        }

        private static Buffer description() {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return Answer.encode(new Yaml(new SafeConstructor(options))
                    .<Map<String, Object>>load(StaticFile.read("openapi.yaml").toString(StandardCharsets.UTF_8)));
        }
    }
}
