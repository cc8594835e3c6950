package com.quotient.http;

import com.google.common.base.Splitter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin headers (the CORS protocol of the Fetch standard). A preflight carries no key, so it always succeeds;
 * the key's origin list is enforced on the actual request. Every answer, including errors, allows the caller's origin,
 * so that a developer can read the refusal in the browser. Credentials are never allowed: keys are not cookies.
 */
final class Cors {
    private static final CharSequence METHODS = HttpHeaders.createOptimized("GET,POST,PUT,PATCH,DELETE,OPTIONS");
    private static final List<String> HEADERS = List.of(
            "authorization",
            "content-type",
            "content-encoding",
            "x-request-id",
            "idempotency-key",
            "if-none-match",
            "if-match");
    private static final CharSequence MAX_AGE = HttpHeaders.createOptimized("7200");

    /** Maximum headers of a preflight, and maximum characters of them in total. */
    private static final int MAX_ASKED = 40;

    private static final int MAX_ASKED_LENGTH = 1024;

    /** A header name (RFC 9110 section 5.6.2), except for a lone asterisk, which would stand for every name. */
    private static final Pattern NAME = Pattern.compile("(?!\\*$)[!#$%&'*+.^_`|~0-9a-z-]+");

    private Cors() {}

    /** Whether a request of the method {@code OPTIONS} is a preflight. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** The headers of the answer to a preflight, beside {@link #addTo}. */
    static void addPreflight(MultiMap asked, MultiMap headers) {
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, allowed(asked))
                .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }

    /** The headers that this API reads, and those the page asks for, such as the headers of a tracing library. */
    private static String allowed(MultiMap asked) {
        Set<String> names = new LinkedHashSet<>(HEADERS);
        String list = String.join(",", asked.getAll(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
        if (list.length() <= MAX_ASKED_LENGTH) {
            Splitter.on(',')
                    .trimResults()
                    .splitToStream(list.toLowerCase(Locale.ROOT))
                    .limit(MAX_ASKED)
                    .filter(name -> NAME.matcher(name).matches())
                    .forEach(names::add);
        }
        return String.join(",", names);
    }

    /** Adds the headers of every answer. */
    static void addTo(MultiMap headers, @Nullable String origin) {
        headers.set(HttpHeaders.VARY, HttpNames.ORIGIN);
        if (origin != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, HttpNames.EXPOSED);
        }
    }
}
