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
    /**
     * Whoever changes the password, the role or the membership ends the sessions next. The lock makes that change wait
     * for this session, or this statement for that change, and then nothing is created.
     */
    private static final String CREATE = """
            WITH allowed AS (
                SELECT u.id FROM business_user u JOIN business_member m ON m.user_id = u.id
                WHERE u.id = $3 AND u.password_hash = $11 AND m.business_id = $4 AND m.role = $5 FOR SHARE),
            gone AS (
                DELETE FROM dashboard_session WHERE EXISTS (SELECT FROM allowed) AND (expires_at <= $7 OR id IN (
                    SELECT id FROM dashboard_session WHERE user_id = $3 ORDER BY last_seen_at DESC OFFSET $12)))
            INSERT INTO dashboard_session
                (id, hash, user_id, business_id, expires_at, created_at, last_seen_at, address, agent)
            SELECT $1, $2, id, $4, $6, $7, $8, $9, $10 FROM allowed
            """;
    /** An update, so that whoever ends the older session meanwhile ends this one. */
    private static final String REPLACE = """
            WITH allowed AS (
                SELECT user_id FROM business_member WHERE user_id = $3 AND business_id = $4 AND role = $5 FOR SHARE)
            UPDATE dashboard_session s
            SET id = $1, hash = $2, business_id = $4, expires_at = $6, created_at = $7, last_seen_at = $8,
                address = $9, agent = $10
            FROM allowed WHERE s.user_id = allowed.user_id AND s.id = $11
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

    /** Returns false, and creates nothing, if the user has another password or another role by now. */
    Future<Boolean> create(Visit visit, String passwordHash) {
        return pool.preparedQuery(CREATE)
                .execute(row(visit).addString(passwordHash).addInteger(MAX_SESSIONS - 1))
                .map(rows -> rows.rowCount() > 0);
    }

    /** Puts a session in the place of an older one. Returns false if that has ended, or the user has another role. */
    Future<Boolean> replace(String olderId, Visit visit) {
        return pool.preparedQuery(REPLACE)
                .execute(row(visit).addString(olderId))
                .map(rows -> rows.rowCount() > 0);
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

    /** Ends all sessions of the user except one. */
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

    private static Tuple row(Visit visit) {
        Session session = visit.session();
        return Tuple.of(session.id(), Buffer.buffer(Token.hash(visit.token())), session.userId(), session.businessId())
                .addString(session.role().wireName())
                .addOffsetDateTime(time(session.expiresAt()))
                .addOffsetDateTime(time(session.createdAt()))
                .addOffsetDateTime(time(session.lastSeenAt()))
                .addString(visit.request().clientAddress())
                .addString(Agent.of(visit.request().header("User-Agent")));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
