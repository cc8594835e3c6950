package com.quotient.http;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a browser application, from the class path. Its page refers to the others by the hash of their content,
 * so that they can be cached for ever. A path that is not a file is answered with the page, which routes it.
 * Thread-safe.
 */
public final class AppFiles {
    private static final Logger log = LoggerFactory.getLogger(AppFiles.class);
    private static final String PAGE = "index.html";
    private static final int DIGEST_LENGTH = 16;

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /** A file of this folder. No path leads to another one. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.(js|css|svg|png|ico|txt|woff2)");

    private static final Map<String, String> TYPES = Map.of(
            "js", StaticFile.SCRIPT,
            "css", StaticFile.STYLE,
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "txt", "text/plain; charset=utf-8",
            "woff2", "font/woff2");

    private final String folder;
    private final String builtPath;
    private final String basePath;
    private final String publicPath;
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();
    private volatile @Nullable StaticFile page;

    /**
     * Does not read the files yet.
     *
     * @param folder on the class path, with a slash at the end
     * @param builtPath the base path that the page was built with
     * @param basePath where this server serves it
     * @param publicPath its path as the browser sees it
     */
    public AppFiles(String folder, String builtPath, String basePath, String publicPath) {
        this.folder = folder;
        this.builtPath = builtPath;
        this.basePath = basePath;
        this.publicPath = publicPath;
    }

    void answer(HttpServerRequest request, Vertx vertx, Writers writers) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            ProblemPages.refuse(
                    request,
                    Problem.of(ProblemType.METHOD_NOT_ALLOWED, "A file can only be read.")
                            .withHeader("Allow", "GET, HEAD"));
            return;
        }
        String name = request.path().substring(Math.min(request.path().length(), basePath.length() + 1));
        String query = request.query();
        // Reading and compressing the files once takes too long for an event loop.
        StaticFile known = isFile(name) ? files.get(name) : page;
        if (known != null) {
            send(request, fresh(name, query, known), writers);
            return;
        }
        vertx.executeBlocking(() -> isFile(name) ? file(name) : page(), false)
                .onSuccess(found -> {
                    if (found == null) {
                        ProblemPages.refuse(
                                request,
                                Problem.of(
                                        ProblemType.NOT_FOUND,
                                        isFile(name)
                                                ? "There is no such file."
                                                : "This server was built without the pages of the dashboard."));
                    } else {
                        send(request, fresh(name, query, found), writers);
                    }
                })
                .onFailure(failure -> {
                    log.error("A file of the dashboard cannot be read", failure);
                    ProblemPages.refuse(request, Problem.of(ProblemType.INTERNAL, "The file cannot be read."));
                });
    }

    private static void send(HttpServerRequest request, StaticFile file, Writers writers) {
        request.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
        file.answer(request, writers).onFailure(left -> log.debug("A file was not read", left));
    }

    /** A file is immutable only under the hash of its content. */
    private static StaticFile fresh(String name, @Nullable String query, StaticFile file) {
        boolean named = isFile(name) && query != null && query.equals("v=" + version(file));
        return named ? file.cached(StaticFile.IMMUTABLE) : file;
    }

    private static boolean isFile(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') && TYPES.containsKey(name.substring(dot + 1));
    }

    private static String version(StaticFile file) {
        return file.digest().substring(0, DIGEST_LENGTH);
    }

    private @Nullable StaticFile file(String name) {
        if (!NAME.matcher(name).matches() || !exists(name)) {
            return null;
        }
        return files.computeIfAbsent(
                name,
                key -> StaticFile.of(
                        Objects.requireNonNull(TYPES.get(key.substring(key.lastIndexOf('.') + 1))),
                        "no-cache",
                        StaticFile.read(folder + key)));
    }

    private @Nullable StaticFile page() {
        if (!exists(PAGE)) {
            return null;
        }
        String html = StaticFile.read(folder + PAGE).toString(StandardCharsets.UTF_8);
        Matcher links = Pattern.compile("\"" + Pattern.quote(builtPath) + "(/[^\"?#]*)?\"")
                .matcher(html);
        String named = links.replaceAll(link -> {
            String path = link.group(1) == null ? "" : link.group(1);
            StaticFile file = path.isEmpty() ? null : file(path.substring(1));
            return Matcher.quoteReplacement(
                    "\"" + publicPath + path + (file == null ? "" : "?v=" + version(file)) + "\"");
        });
        StaticFile made = StaticFile.of(StaticFile.HTML, "no-cache", Buffer.buffer(named));
        page = made;
        return made;
    }

    private boolean exists(String name) {
        return AppFiles.class.getClassLoader().getResource(folder + name) != null;
    }
}
