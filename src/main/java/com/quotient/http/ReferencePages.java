package com.quotient.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
 * The description of the API (OpenAPI 3.1) at {@code /openapi.json}, and the page {@code /docs} that shows it. Everybody
 * may read them. The page loads nothing from elsewhere and runs no script but the files that are named here, so no path
 * leads to another file.
 */
final class ReferencePages {
    private static final Logger log = LoggerFactory.getLogger(ReferencePages.class);

    private static final String DESCRIPTION = "/openapi.json";
    private static final String PAGE = "/docs";
    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/5.31.0/";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    /** Another version of the server has other files; until then nobody need ask again. */
    private static final String FRESH = "public, max-age=300";

    private static final String IMMUTABLE = "public, max-age=31536000, immutable";

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ReferencePages() {}

    /** A file as it is handed out. */
    private record Page(String contentType, String caching, Buffer content, Buffer gzip, String etag) {
        static Page of(String contentType, String caching, Buffer content) {
            return new Page(contentType, caching, content, Gzip.of(content), EntityTags.of(content));
        }
    }

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

    private static void answer(RoutingContext context, @Nullable Page page, Writers writers) {
        if (page == null) {
            context.next();
            return;
        }
        HttpServerResponse response = context.response();
        boolean large = page.content().length() >= Gzip.MIN_BYTES;
        boolean gzip = large && Gzip.isWanted(context.request().getHeader(HttpHeaders.ACCEPT_ENCODING));
        response.putHeader(HttpHeaders.ETAG, gzip ? EntityTags.gzipped(page.etag()) : page.etag())
                .putHeader(HttpHeaders.CACHE_CONTROL, page.caching())
                .putHeader(HttpHeaders.VARY, large ? HttpNames.ORIGIN_AND_ENCODING : HttpNames.ORIGIN)
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Content-Security-Policy", POLICY);
        if (EntityTags.match(context.request().getHeader(HttpHeaders.IF_NONE_MATCH), page.etag())) {
            response.setStatusCode(304).end().onFailure(context::fail);
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, page.contentType());
        if (gzip) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpNames.GZIP);
        }
        writers.write(context.request(), gzip ? page.gzip() : page.content())
                .onFailure(left -> log.debug("A page was not read", left));
    }

    /** By path, read at the first request. */
    private static final class Pages {
        static final Map<String, Page> ALL = all();

        private static Map<String, Page> all() {
            Map<String, Page> pages = new HashMap<>();
            String html = read("docs/index.html").toString();
            html = named(html, pages, "swagger-ui.css", Page.of(STYLE, IMMUTABLE, read(SWAGGER_UI + "swagger-ui.css")));
            html = named(
                    html,
                    pages,
                    "swagger-ui-bundle.js",
                    Page.of(SCRIPT, IMMUTABLE, read(SWAGGER_UI + "swagger-ui-bundle.js")));
            html = named(html, pages, "start.js", Page.of(SCRIPT, IMMUTABLE, read("docs/start.js")));
            Page page = Page.of(HTML, FRESH, Buffer.buffer(html));
            pages.put(PAGE, page);
            pages.put(PAGE + "/", page);
            pages.put(DESCRIPTION, Page.of(Answer.JSON, FRESH, description()));
            return Map.copyOf(pages);
        }

        /** Puts a file where its content is part of the path, so that it never changes there. */
        private static String named(String html, Map<String, Page> pages, String name, Page file) {
            String path = PAGE + "/" + file.etag().replace("\"", "") + "/" + name;
            pages.put(path, file);
            return html.replace(PAGE + "/" + name, path);
        }

        private static Buffer description() {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return Answer.encode(new Yaml(new SafeConstructor(options))
                    .<Map<String, Object>>load(read("openapi.yaml").toString(StandardCharsets.UTF_8)));
        }

        private static Buffer read(String name) {
            try (InputStream file = ReferencePages.class.getClassLoader().getResourceAsStream(name)) {
                if (file == null) {
                    throw new IllegalStateException(name + " is not on the class path.");
                }
                return Buffer.buffer(file.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
