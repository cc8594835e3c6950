package com.quotient.bench.webflux;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A key as it is kept in the cache. */
record ApiKey(
        String id,
        String name,
        String businessId,
        String businessName,
        String tier,
        List<String> scopes,
        List<String> origins,
        Integer limit,
        Integer windowSeconds,
        Instant expiresAt,
        AtomicLong used) {

    static final List<String> PUBLIC_SCOPES = List.of("ANALYTICS_WRITE", "AUDIENCE_WRITE", "BLOG_READ", "FLOW_TRIGGER");

    boolean isPublic() {
        return tier.equals("pk");
    }

    boolean isExpired(Instant now) {
        return expiresAt != null && now.isAfter(expiresAt);
    }

    List<String> effectiveScopes() {
        return isPublic() && scopes.contains("ALL") ? PUBLIC_SCOPES : scopes;
    }

    boolean holds(String scope) {
        return scopes.contains(scope) || !isPublic() && scopes.contains("ALL");
    }

    /** The rule that allows an origin: a domain allows itself and its subdomains on the default port. */
    Optional<String> matchOrigin(String origin) {
        URI uri;
        try {
            uri = URI.create(origin);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String host = uri.getHost();
        boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        if (host == null || !web || uri.getPort() != -1) {
            return Optional.empty();
        }
        for (String rule : origins) {
            if (host.equals(rule) || host.endsWith(rule) && host.charAt(host.length() - rule.length() - 1) == '.') {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /** The window never ends within a benchmark. */
    boolean spend() {
        return limit == null || used.incrementAndGet() <= limit;
    }
}
