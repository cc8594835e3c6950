package com.quotient.bench.webflux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets a request through when its key, its origin, its scope and its rate allow it, in this order. */
@Component
@Order(0)
class ApiKeyFilter implements WebFilter {
    static final String KEY = "apiKey";

    private static final String BEARER = "Bearer ";
    private static final Map<String, String> SCOPES = Map.of("/api/v0/analytics/events", "ANALYTICS_READ");

    private final KeyLookup keys;
    private final ObjectMapper json;

    ApiKeyFilter(KeyLookup keys, ObjectMapper json) {
        this.keys = keys;
        this.json = json;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        addCommonHeaders(exchange);
        String authorization = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(BEARER)) {
            return refuse(exchange, Problem.unauthorized());
        }
        return keys.find(authorization.substring(BEARER.length())).flatMap(key -> check(exchange, key)
                .map(problem -> refuse(exchange, problem))
                .orElseGet(() -> {
                    exchange.getAttributes().put(KEY, key.orElseThrow());
                    return chain.filter(exchange);
                }));
    }

    private static Optional<Problem> check(ServerWebExchange exchange, Optional<ApiKey> found) {
        HttpHeaders answer = exchange.getResponse().getHeaders();
        if (found.isEmpty() || found.get().isExpired(Instant.now())) {
            answer.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"quotient\", error=\"invalid_token\"");
            return Optional.of(Problem.unauthorized());
        }
        ApiKey key = found.get();
        String origin = exchange.getRequest().getHeaders().getOrigin();
        if (key.isPublic() && (origin == null || key.matchOrigin(origin).isEmpty())) {
            return Optional.of(Problem.originNotAllowed(origin));
        }
        String scope = SCOPES.get(exchange.getRequest().getPath().value());
        if (scope != null && !key.holds(scope)) {
            answer.set(
                    HttpHeaders.WWW_AUTHENTICATE,
                    "Bearer realm=\"quotient\", error=\"insufficient_scope\", scope=\"" + scope + "\"");
            return Optional.of(Problem.scopeMismatch(scope, key.effectiveScopes()));
        }
        if (!key.spend()) {
            answer.set(HttpHeaders.RETRY_AFTER, Integer.toString(key.windowSeconds()));
            answer.set("RateLimit", "\"default\";r=0;t=" + key.windowSeconds());
            answer.set("RateLimit-Policy", "\"default\";q=" + key.limit() + ";w=" + key.windowSeconds());
            return Optional.of(Problem.rateLimited(key.limit(), key.windowSeconds()));
        }
        return Optional.empty();
    }

    private static void addCommonHeaders(ServerWebExchange exchange) {
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set("X-Request-Id", Long.toHexString(ThreadLocalRandom.current().nextLong()));
        answer.set(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        answer.set(HttpHeaders.CACHE_CONTROL, "no-store");
        String origin = exchange.getRequest().getHeaders().getOrigin();
        if (origin != null) {
            answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            answer.set(
                    HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
                    "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy");
        }
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        try {
            byte[] body = json.writeValueAsBytes(problem);
            response.getHeaders().setContentLength(body.length);
            return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
        } catch (JsonProcessingException e) {
            return Mono.error(e);
        }
    }
}
