package com.quotient.bench.webflux;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        String origin,
        List<String> requiredScopes,
        List<String> scopes) {

    static Problem unauthorized() {
        return new Problem(
                "/problems/unauthorized",
                "A valid API key is required",
                401,
                "The API key is not valid.",
                "UNAUTHORIZED",
                null,
                null,
                null);
    }

    static Problem originNotAllowed(String origin) {
        return new Problem(
                "/problems/origin-not-allowed",
                "The origin is not allowed",
                403,
                "The API key does not allow the origin of this request.",
                "ORIGIN_NOT_ALLOWED",
                origin,
                null,
                null);
    }

    static Problem scopeMismatch(String scope, List<String> granted) {
        return new Problem(
                "/problems/scope-mismatch",
                "The key lacks a scope",
                403,
                "The API key lacks the scope " + scope + ".",
                "SCOPE_MISMATCH",
                null,
                List.of(scope),
                granted);
    }

    static Problem rateLimited(int limit, int windowSeconds) {
        return new Problem(
                "/problems/rate-limited",
                "Too many requests",
                429,
                "The API key has used up its " + limit + " requests in " + windowSeconds + " seconds; try again later.",
                "RATE_LIMITED",
                null,
                null,
                null);
    }
}
