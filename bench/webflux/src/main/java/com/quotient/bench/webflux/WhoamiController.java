package com.quotient.bench.webflux;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class WhoamiController {
    record Origin(String value, boolean allowed, String matchedRule) {}

    record RateLimit(int limit, int windowSeconds, long remaining) {}

    record Whoami(
            String businessId,
            String keyType,
            List<String> scopes,
            String businessName,
            String keyId,
            String keyName,
            Instant expiresAt,
            List<String> effectiveScopes,
            Origin origin,
            RateLimit rateLimit,
            Instant serverTime) {}

    @GetMapping("/api/v0/whoami")
    Mono<Whoami> whoami(
            @RequestAttribute(ApiKeyFilter.KEY) ApiKey key,
            @RequestHeader(name = HttpHeaders.ORIGIN, required = false) String origin) {
        return Mono.just(new Whoami(
                key.businessId(),
                key.isPublic() ? "public" : "private",
                key.scopes(),
                key.businessName(),
                key.id(),
                key.name(),
                key.expiresAt(),
                key.effectiveScopes(),
                origin == null
                        ? null
                        : new Origin(origin, true, key.matchOrigin(origin).orElse(null)),
                key.limit() == null
                        ? null
                        : new RateLimit(
                                key.limit(),
                                key.windowSeconds(),
                                Math.max(0, key.limit() - key.used().get())),
                Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }
}
