package com.quotient.bench.webflux;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.r2dbc.spi.Readable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Keys by their text, remembered for ten minutes, unknown ones too: a change of a key takes that long to arrive. */
@Component
class KeyLookup {
    private static final String FIND = """
            SELECT api_key.id, api_key.name, business_id, business.name AS business_name, tier, scopes, allowed_origins,
                rate_limit, rate_window_seconds, expires_at
            FROM api_key JOIN business ON business.id = business_id
            WHERE hash = :hash AND status = 'active'""";

    private final DatabaseClient database;
    private final AsyncCache<String, Optional<ApiKey>> cache = Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(Duration.ofMinutes(10))
            .buildAsync();

    KeyLookup(DatabaseClient database) {
        this.database = database;
    }

    Mono<Optional<ApiKey>> find(String key) {
        return Mono.fromFuture(cache.get(key, (text, executor) -> load(text).toFuture()));
    }

    private Mono<Optional<ApiKey>> load(String key) {
        return database.sql(FIND)
                .bind("hash", sha256(key))
                .map(KeyLookup::read)
                .one()
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private static ApiKey read(Readable row) {
        return new ApiKey(
                row.get("id", String.class),
                row.get("name", String.class),
                row.get("business_id", String.class),
                row.get("business_name", String.class),
                row.get("tier", String.class),
                List.of(row.get("scopes", String[].class)),
                List.of(row.get("allowed_origins", String[].class)),
                row.get("rate_limit", Integer.class),
                row.get("rate_window_seconds", Integer.class),
                row.get("expires_at", Instant.class),
                new AtomicLong());
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
