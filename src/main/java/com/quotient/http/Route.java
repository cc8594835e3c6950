package com.quotient.http;

import com.quotient.auth.Access;
import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Set;
import java.util.function.Function;

/**
 * A method on a path, the access it requires, and its endpoint.
 *
 * @param name method and path as people read them, such as {@code POST /analytics}
 * @param path below {@code /api/v0}; a segment in braces is a parameter, and a last one such as {@code {path*}} is the
 *     rest of the path
 * @param body which bodies it accepts
 * @param parameters the names of the query parameters; others are refused
 * @param publicIdempotency whether public keys may send an {@code Idempotency-Key}; private ones may at every POST
 * @param commitsItself whether the endpoint commits by itself and is idempotent for the same {@code Idempotency-Key};
 *     otherwise its statements and the stored answer are one transaction
 * @param endpoint turns a request into an answer, or fails with a {@link com.quotient.problem.ProblemException}
 */
public record Route(
        String name,
        HttpMethod method,
        String path,
        Access access,
        BodyRule body,
        Set<String> parameters,
        boolean publicIdempotency,
        boolean commitsItself,
        Function<ApiRequest, Future<Answer>> endpoint) {
    public Route(
            HttpMethod method,
            String path,
            Access access,
            BodyRule body,
            Set<String> parameters,
            boolean publicIdempotency,
            boolean commitsItself,
            Function<ApiRequest, Future<Answer>> endpoint) {
        this(
                method.name() + " " + path,
                method,
                path,
                access,
                body,
                parameters,
                publicIdempotency,
                commitsItself,
                endpoint);
    }

    /**
     * How a route handles a body.
     *
     * @param read whether it is read for the endpoint; otherwise it is discarded
     * @param maxBytes the maximum inflated size for both tiers; 0 for the general limit of the tier
     * @param keyInBody whether a {@code text/plain} body may carry the key, for pages that are being closed
     * @param streamed whether the endpoint reads the body as it arrives, without a limit
     */
    public record BodyRule(boolean read, int maxBytes, boolean keyInBody, boolean streamed) {
        /** The body is discarded. */
        public static final BodyRule NONE = new BodyRule(false, 0, false, false);

        /** A JSON text up to the limit of the key's tier. The endpoint decides whether it may be missing. */
        public static final BodyRule JSON = new BodyRule(true, 0, false, false);

        /** Any body, for {@link ApiRequest#stream()}. */
        public static final BodyRule STREAMED = new BodyRule(false, 0, false, true);

        /** A body of at most {@code maxBytes} for both tiers, which may carry its key. */
        public static BodyRule withKey(int maxBytes) {
            return new BodyRule(true, maxBytes, true, false);
        }
    }

    public static Route get(String path, Access access, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(HttpMethod.GET, path, access, BodyRule.NONE, Set.of(), false, false, endpoint);
    }

    public static Route post(String path, Access access, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(HttpMethod.POST, path, access, BodyRule.JSON, Set.of(), false, false, endpoint);
    }

    public static Route put(String path, Access access, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(HttpMethod.PUT, path, access, BodyRule.JSON, Set.of(), false, false, endpoint);
    }

    public static Route patch(String path, Access access, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(HttpMethod.PATCH, path, access, BodyRule.JSON, Set.of(), false, false, endpoint);
    }

    /** Without a body, unless {@link #withBody} says otherwise. */
    public static Route delete(String path, Access access, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(HttpMethod.DELETE, path, access, BodyRule.NONE, Set.of(), false, false, endpoint);
    }

    public Route withBody(BodyRule rule) {
        return new Route(method, path, access, rule, parameters, publicIdempotency, commitsItself, endpoint);
    }

    /** With these query parameters. */
    public Route withQuery(String... names) {
        return new Route(method, path, access, body, Set.of(names), publicIdempotency, commitsItself, endpoint);
    }

    public Route withPublicIdempotency() {
        return new Route(method, path, access, body, parameters, true, commitsItself, endpoint);
    }

    public Route withOwnCommit() {
        return new Route(method, path, access, body, parameters, publicIdempotency, true, endpoint);
    }

    /** Whether an {@code Idempotency-Key} has an effect here. A streamed body has no fingerprint. */
    boolean isIdempotent(KeyTier tier) {
        return method.equals(HttpMethod.POST) && !body.streamed() && (tier == KeyTier.SECRET || publicIdempotency);
    }
}
