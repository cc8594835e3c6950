package com.quotient.http;

import com.quotient.auth.Access;
import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Set;
import java.util.function.Function;

/**
 * One method on one path, whom it admits, and who answers.
 *
 * @param path below {@code /api/v0}; a segment in braces is a parameter, and a last one such as {@code {path*}} is the
 *     rest of the path
 * @param body how large a body may be and what it may be
 * @param parameters the names of the query's parameters; any other is refused
 * @param publicIdempotency whether public keys may send an {@code Idempotency-Key} here; secret ones may at every POST
 * @param commitsItself whether what the endpoint does is committed when it answers, and is the same when it is done again
 *     for the same {@code Idempotency-Key}; otherwise its statements and the kept answer are one transaction
 * @param endpoint turns a request into an answer; it fails with a {@link com.quotient.problem.ProblemException}
 */
public record Route(
        HttpMethod method,
        String path,
        Access access,
        BodyRule body,
        Set<String> parameters,
        boolean publicIdempotency,
        boolean commitsItself,
        Function<ApiRequest, Future<Answer>> endpoint) {

    /**
     * What a route does with a body.
     *
     * @param read whether the endpoint wants it; otherwise it is discarded
     * @param maxBytes for both tiers when above 0, counted after inflation; 0 leaves it to the tier's general limit
     * @param keyInBody whether a {@code text/plain} body may carry the key, for pages that are going away
     * @param streamed whether the endpoint takes the body piece by piece as it arrives, without a limit
     */
    public record BodyRule(boolean read, int maxBytes, boolean keyInBody, boolean streamed) {
        /** What comes is thrown away. */
        public static final BodyRule NONE = new BodyRule(false, 0, false, false);

        /** A JSON text up to the limit of the key's tier; whether it may be missing is the endpoint's affair. */
        public static final BodyRule JSON = new BodyRule(true, 0, false, false);

        /** Whatever comes, for {@link ApiRequest#stream()}. */
        public static final BodyRule STREAMED = new BodyRule(false, 0, false, true);

        /** A body of so many bytes for both tiers, which may come with its key inside. */
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

    /** With these parameters in the query. */
    public Route withQuery(String... names) {
        return new Route(method, path, access, body, Set.of(names), publicIdempotency, commitsItself, endpoint);
    }

    public Route withPublicIdempotency() {
        return new Route(method, path, access, body, parameters, true, commitsItself, endpoint);
    }

    public Route withOwnCommit() {
        return new Route(method, path, access, body, parameters, publicIdempotency, true, endpoint);
    }

    /** Whether an {@code Idempotency-Key} means something here. A body that is streamed has no fingerprint. */
    boolean isIdempotent(KeyTier tier) {
        return method.equals(HttpMethod.POST) && !body.streamed() && (tier == KeyTier.SECRET || publicIdempotency);
    }
}
