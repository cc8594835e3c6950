package com.quotient.dashboard;

import com.quotient.business.Role;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sessions. They are in Postgres, so that every server knows them, and knows at once when one ends. Thread-safe.
 */
final class SessionStore {
    /** Maximum sessions of a user; a further one ends the least recently used. */
    private static final int MAX_SESSIONS = 50;

    /** A user who has left the business is no longer signed in to it. */
    private static final String FIND = """
            SELECT s.id, s.user_id, u.email, s.business_id, b.name, m.role, s.created_at, s.last_seen_at, s.expires_at
            FROM dashboard_session s
            JOIN business_user u ON u.id = s.user_id
            JOIN business b ON b.id = s.business_id
            JOIN business_member m ON m.business_id = s.business_id AND m.user_id = s.user_id
            WHERE s.hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
            """;

    private static final String SEEN = "UPDATE dashboard_session SET last_seen_at = $2, address = $3 WHERE id = $1";
    private static final String CREATE = """
            WITH gone AS (
                DELETE FROM dashboard_session WHERE expires_at <= $6 OR id IN (
                    SELECT id FROM dashboard_session WHERE user_id = $3 ORDER BY last_seen_at DESC OFFSET $10))
            INSERT INTO dashboard_session
                (id, hash, user_id, business_id, expires_at, created_at, last_seen_at, address, agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;
    private static final String LIST = """
            SELECT id, created_at, last_seen_at, expires_at, address, agent FROM dashboard_session
            WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC
            """;
    private static final String END = "DELETE FROM dashboard_session WHERE user_id = $1 AND id = $2";
    private static final String END_OTHERS = "DELETE FROM dashboard_session WHERE user_id = $1 AND id <> $2";
    private static final String END_IN_BUSINESS =
            "DELETE FROM dashboard_session WHERE user_id = $1 AND business_id = $2";
    private static final String LAST_SEEN = """
            SELECT user_id, max(last_seen_at) AS last_seen_at FROM dashboard_session
            WHERE business_id = $1 AND expires_at > $2 AND last_seen_at > $3 GROUP BY user_id
            """;

    private final Pool pool;

    SessionStore(Pool pool) {
        this.pool = pool;
    }

    /** A session as its user sees it. */
    record SignedIn(
            String id, Instant createdAt, Instant lastSeenAt, Instant expiresAt, String address, String agent) {}

    /** The session whose secret has this hash, if it was used after {@code idleSince}; otherwise null. */
    Future<@Nullable Session> find(byte[] hash, Instant now, Instant idleSince) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(Buffer.buffer(hash), time(now), time(idleSince)))
                .map(rows -> {
                    for (Row row : rows) {
                        return new Session(
                                row.getString("id"),
                                row.getString("user_id"),
                                row.getString("email"),
                                row.getString("business_id"),
                                row.getString("name"),
                                Objects.requireNonNull(Role.named(row.getString("role"))),
                                instant(row, "created_at"),
                                instant(row, "last_seen_at"),
                                instant(row, "expires_at"));
                    }
                    return null;
                });
    }

    Future<Void> seen(String id, Instant now, String address) {
        return pool.preparedQuery(SEEN)
                .execute(Tuple.of(id, time(now), address))
                .mapEmpty();
    }

    Future<Void> create(byte[] hash, String userId, String businessId, SignedIn session) {
        return pool.preparedQuery(CREATE)
                .execute(Tuple.of(session.id(), Buffer.buffer(hash), userId, businessId)
                        .addOffsetDateTime(time(session.expiresAt()))
                        .addOffsetDateTime(time(session.createdAt()))
                        .addOffsetDateTime(time(session.lastSeenAt()))
                        .addString(session.address())
                        .addString(session.agent())
                        .addInteger(MAX_SESSIONS - 1))
                .mapEmpty();
    }

    /** Most recently used first. */
    Future<List<SignedIn>> list(String userId, Instant now, Instant idleSince) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(userId, time(now), time(idleSince)))
                .map(rows -> rows.stream()
                        .map(row -> new SignedIn(
                                row.getString("id"),
                                instant(row, "created_at"),
                                instant(row, "last_seen_at"),
                                instant(row, "expires_at"),
                                row.getString("address"),
                                row.getString("agent")))
                        .toList());
    }

    /** Whether the user had such a session. */
    Future<Boolean> end(String userId, String id) {
        return pool.preparedQuery(END).execute(Tuple.of(userId, id)).map(rows -> rows.rowCount() > 0);
    }

    /** Ends all sessions of the user except one; an empty id excepts none. */
    Future<Void> endOthers(String userId, String id) {
        return pool.preparedQuery(END_OTHERS).execute(Tuple.of(userId, id)).mapEmpty();
    }

    Future<Void> endIn(String businessId, String userId) {
        return pool.preparedQuery(END_IN_BUSINESS)
                .execute(Tuple.of(userId, businessId))
                .mapEmpty();
    }

    /** When each signed-in user of a business was last seen. */
    Future<Map<String, Instant>> lastSeen(String businessId, Instant now, Instant idleSince) {
        return pool.preparedQuery(LAST_SEEN)
                .execute(Tuple.of(businessId, time(now), time(idleSince)))
                .map(rows -> {
                    Map<String, Instant> byUser = new HashMap<>();
                    rows.forEach(row -> byUser.put(row.getString("user_id"), instant(row, "last_seen_at")));
                    return byUser;
                });
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
