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
 * Cross-origin headers (the Fetch standard's CORS protocol). A preflight carries no key, so it is told yes; the key's
 * origin list is enforced on the real request. Every answer, errors included, names the caller's origin, so that a
 * developer can read the refusal in the browser. Credentials are never allowed: keys are not cookies.
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

    /** How many headers a preflight may ask for, and how many characters they may have in all. */
    private static final int MAX_ASKED = 40;

    private static final int MAX_ASKED_LENGTH = 1024;

    /** A name of a header (RFC 9110 section 5.6.2); a lone star would stand for every name. */
    private static final Pattern NAME = Pattern.compile("(?!\\*$)[!#$%&'*+.^_`|~0-9a-z-]+");

    private Cors() {}

    /** Whether a request of the method {@code OPTIONS} is a preflight. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** What a preflight is told beside {@link #addTo}. */
    static void addPreflight(MultiMap asked, MultiMap headers) {
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, allowed(asked))
                .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }

    /** Those that this API reads, and whatever else the page wants to send, such as the headers of a tracing library. */
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

    /** What every answer carries. */
    static void addTo(MultiMap headers, @Nullable String origin) {
        headers.set(HttpHeaders.VARY, HttpNames.ORIGIN);
        if (origin != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, HttpNames.EXPOSED);
        }
    }
}
