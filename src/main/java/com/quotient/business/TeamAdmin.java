package com.quotient.business;

import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of businesses, their roles, and invitations. Thread-safe. */
public final class TeamAdmin {
    /** Maximum people of a business, including invited ones. */
    public static final int MAX_TEAM = 500;

    private static final String ACCOUNT = "SELECT id, email, password_hash FROM business_user WHERE ";
    private static final String ACCOUNT_BY_EMAIL = ACCOUNT + "email = $1";
    private static final String ACCOUNT_BY_ID = ACCOUNT + "id = $1";
    private static final String SET_PASSWORD =
            "UPDATE business_user SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    private static final String EMAILS = "SELECT id, email FROM business_user WHERE id = ANY ($1::text[])";
    private static final String MEMBERSHIPS = """
            SELECT b.id, b.name, m.role FROM business_member m JOIN business b ON b.id = m.business_id
            WHERE m.user_id = $1 ORDER BY m.created_at, b.id LIMIT 1000
            """;
    private static final String MEMBERS = """
            SELECT u.id, u.email, m.role, m.created_at FROM business_member m JOIN business_user u ON u.id = m.user_id
            WHERE m.business_id = $1 ORDER BY u.email
            """;
    /** Serializes changes of a team. Keys reference the row and must not wait for this lock. */
    private static final String LOCK = "SELECT id FROM business WHERE id = $1 FOR NO KEY UPDATE";

    private static final String OWNERS =
            "SELECT user_id FROM business_member WHERE business_id = $1 AND role = 'owner'";
    private static final String SET_ROLE =
            "UPDATE business_member SET role = $3 WHERE business_id = $1 AND user_id = $2";
    private static final String REMOVE = "DELETE FROM business_member WHERE business_id = $1 AND user_id = $2";
    private static final String SIZE = """
            SELECT (SELECT count(*) FROM business_member WHERE business_id = $1)
                + (SELECT count(*) FROM business_invitation WHERE business_id = $1) AS size,
                EXISTS (SELECT FROM business_member m JOIN business_user u ON u.id = m.user_id
                    WHERE m.business_id = $1 AND u.email = $2) AS member
            """;
    private static final String FORGET = "DELETE FROM business_invitation WHERE expires_at <= $1";
    private static final String INVITE = """
            INSERT INTO business_invitation (id, business_id, email, role, hash, created_by, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (business_id, email) DO UPDATE SET id = excluded.id, role = excluded.role,
                hash = excluded.hash, created_by = excluded.created_by, created_at = excluded.created_at,
                expires_at = excluded.expires_at
            """;
    private static final String INVITATION = """
            SELECT i.id, i.business_id, b.name AS business_name, i.email, i.role, i.created_at,
                coalesce(u.email, i.created_by) AS created_by, i.expires_at
            FROM business_invitation i JOIN business b ON b.id = i.business_id
            LEFT JOIN business_user u ON u.id = i.created_by
            """;
    private static final String INVITATIONS =
            INVITATION + " WHERE i.business_id = $1 AND i.expires_at > $2 ORDER BY i.email";
    private static final String INVITATION_BY_HASH = INVITATION + " WHERE i.hash = $1 AND i.expires_at > $2";
    private static final String WITHDRAW = "DELETE FROM business_invitation WHERE business_id = $1 AND id = $2";
    private static final String USE = """
            DELETE FROM business_invitation WHERE hash = $1 AND expires_at > $2 RETURNING business_id, email, role
            """;
    /** A trigger makes every new user an owner, for servers of the previous release; {@link #SET_ROLE} follows. */
    private static final String CREATE_USER = """
            INSERT INTO business_user (id, business_id, email, password_hash) VALUES ($1, $2, $3, $4)
            ON CONFLICT (email) DO NOTHING
            """;

    private static final String JOIN = """
            INSERT INTO business_member (business_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;

    private final Pool pool;
    private final InstantSource clock;

    public TeamAdmin(Pool pool, InstantSource clock) {
        this.pool = pool;
        this.clock = clock;
    }

    /** A user and the hash of the password. */
    public record Account(String id, String email, String passwordHash) {
        /** Leaves out the hash. */
        @Override
        public String toString() {
            return "Account[" + id + "]";
        }
    }

    /** A business that a user belongs to. */
    public record Membership(String businessId, String businessName, Role role) {}

    /** A user who belongs to a business. */
    public record Member(String userId, String email, Role role, Instant joinedAt) {}

    /** A pending invitation to a business; {@code createdBy} is an e-mail address. */
    public record Invitation(
            String id,
            String businessId,
            String businessName,
            String email,
            Role role,
            Instant createdAt,
            String createdBy,
            Instant expiresAt) {}

    /** The account of an e-mail address, regardless of case, or null. */
    public Future<@Nullable Account> account(String email) {
        return one(ACCOUNT_BY_EMAIL, Tuple.of(BusinessAdmin.lowerCase(email)));
    }

    public Future<@Nullable Account> accountOf(String userId) {
        return one(ACCOUNT_BY_ID, Tuple.of(userId));
    }

    /**
     * Replaces the password that was checked and ends all sessions of the user. Returns null, and changes nothing, if
     * the user has another password by now.
     */
    public Future<@Nullable Account> setPassword(Account checked, String passwordHash) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(SET_PASSWORD)
                .execute(Tuple.of(checked.id(), checked.passwordHash(), passwordHash))
                .compose(rows -> rows.rowCount() == 0
                        ? Future.succeededFuture()
                        : connection
                                .preparedQuery(BusinessAdmin.END_SESSIONS)
                                .execute(Tuple.of(checked.id()))
                                .map(new Account(checked.id(), checked.email(), passwordHash))));
    }

    /** The addresses of the given ids that belong to users. */
    public Future<Map<String, String>> emails(Collection<String> userIds) {
        return pool.preparedQuery(EMAILS)
                .execute(Tuple.tuple().addArrayOfString(userIds.toArray(String[]::new)))
                .map(rows -> {
                    Map<String, String> emails = new HashMap<>();
                    rows.forEach(row -> emails.put(row.getString("id"), row.getString("email")));
                    return emails;
                });
    }

    /** In the order of joining. */
    public Future<List<Membership>> memberships(String userId) {
        return pool.preparedQuery(MEMBERSHIPS).execute(Tuple.of(userId)).map(rows -> rows.stream()
                .map(row -> new Membership(row.getString("id"), row.getString("name"), Role.of(row.getString("role"))))
                .toList());
    }

    /** In the order of their addresses. */
    public Future<List<Member>> members(String businessId) {
        return pool.preparedQuery(MEMBERS).execute(Tuple.of(businessId)).map(rows -> rows.stream()
                .map(row -> new Member(
                        row.getString("id"),
                        row.getString("email"),
                        Role.of(row.getString("role")),
                        instant(row, "created_at")))
                .toList());
    }

    /**
     * Returns whether there is such a member. Fails with {@link BusinessConflict} if the business would lose its last
     * owner.
     */
    public Future<Boolean> setRole(String businessId, String userId, Role role) {
        return changed(businessId, role == Role.OWNER ? null : userId, connection -> connection
                .preparedQuery(SET_ROLE)
                .execute(Tuple.of(businessId, userId, role.wireName())));
    }

    /** The same for a member who leaves. */
    public Future<Boolean> remove(String businessId, String userId) {
        return changed(businessId, userId, connection -> connection
                .preparedQuery(REMOVE)
                .execute(Tuple.of(businessId, userId)));
    }

    /**
     * Invites a person and ends an older invitation. Fails with {@link BusinessConflict} if the address belongs to a
     * member or the team is full.
     *
     * @param hash SHA-256 of the token in the link
     * @throws IllegalArgumentException with a sentence if the address is invalid
     */
    public Future<Invitation> invite(
            String businessId, String email, Role role, byte[] hash, String createdBy, Instant expiresAt) {
        String address = BusinessAdmin.canonicalEmail(email);
        Instant now = clock.instant();
        Tuple row = Tuple.of(
                        Ids.next("inv_", now.toEpochMilli()), businessId, address, role.wireName(), Buffer.buffer(hash))
                .addString(createdBy)
                .addOffsetDateTime(time(now))
                .addOffsetDateTime(time(expiresAt));
        return pool.withTransaction(connection -> connection
                        .preparedQuery(FORGET)
                        .execute(Tuple.of(time(now)))
                        .compose(done -> connection.preparedQuery(LOCK).execute(Tuple.of(businessId)))
                        .compose(done -> connection.preparedQuery(SIZE).execute(Tuple.of(businessId, address)))
                        .compose(rows -> {
                            Row team = rows.iterator().next();
                            if (team.getBoolean("member")) {
                                throw new BusinessConflict(address + " belongs to the team already.");
                            }
                            if (team.getLong("size") >= MAX_TEAM) {
                                throw new BusinessConflict("A team has at most " + MAX_TEAM
                                        + " members and invitations; remove somebody first.");
                            }
                            return connection.preparedQuery(INVITE).execute(row);
                        }))
                .compose(done -> invitation(hash))
                .map(made -> {
                    if (made == null) {
                        throw new BusinessConflict("The invitation has ended already; invite again.");
                    }
                    return made;
                });
    }

    /** The open invitations, ordered by address. */
    public Future<List<Invitation>> invitations(String businessId) {
        return pool.preparedQuery(INVITATIONS)
                .execute(Tuple.of(businessId, time(clock.instant())))
                .map(rows -> rows.stream().map(TeamAdmin::invitation).toList());
    }

    /** The open invitation whose token has this hash, or null. */
    public Future<@Nullable Invitation> invitation(byte[] hash) {
        return pool.preparedQuery(INVITATION_BY_HASH)
                .execute(Tuple.of(Buffer.buffer(hash), time(clock.instant())))
                .map(rows ->
                        rows.size() == 0 ? null : invitation(rows.iterator().next()));
    }

    /** Returns whether there was such an invitation. */
    public Future<Boolean> withdraw(String businessId, String invitationId) {
        return pool.preparedQuery(WITHDRAW)
                .execute(Tuple.of(businessId, invitationId))
                .map(rows -> rows.rowCount() > 0);
    }

    /** Accepts an invitation for an existing account. Fails with {@link BusinessConflict} if it has ended. */
    public Future<Void> accept(byte[] hash, Account account) {
        return pool.withTransaction(connection -> use(connection, hash).compose(used -> connection
                        .preparedQuery(JOIN)
                        .execute(Tuple.of(used.getString("business_id"), account.id(), used.getString("role")))))
                .mapEmpty();
    }

    /** Accepts an invitation and creates the account. */
    public Future<Account> acceptAnew(byte[] hash, String passwordHash) {
        String userId = Ids.next("usr_", clock.millis());
        return pool.withTransaction(connection -> use(connection, hash).compose(used -> {
            String business = used.getString("business_id");
            String email = used.getString("email");
            return connection
                    .preparedQuery(CREATE_USER)
                    .execute(Tuple.of(userId, business, email, passwordHash))
                    .compose(rows -> {
                        if (rows.rowCount() == 0) {
                            throw new BusinessConflict(
                                    email + " has an account by now; accept the invitation with its password.");
                        }
                        return connection
                                .preparedQuery(SET_ROLE)
                                .execute(Tuple.of(business, userId, used.getString("role")));
                    })
                    .map(new Account(userId, email, passwordHash));
        }));
    }

    private Future<Row> use(SqlConnection connection, byte[] hash) {
        return connection
                .preparedQuery(USE)
                .execute(Tuple.of(Buffer.buffer(hash), time(clock.instant())))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new BusinessConflict(
                                "The invitation was used or withdrawn, or it has expired; ask for a new one.");
                    }
                    return rows.iterator().next();
                });
    }

    /** A change of a team that may remove an owner. */
    private interface Change {
        Future<? extends io.vertx.sqlclient.RowSet<Row>> apply(SqlConnection connection);
    }

    private Future<Boolean> changed(String businessId, @Nullable String noOwnerAfter, Change change) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId))
                .compose(done -> connection.preparedQuery(OWNERS).execute(Tuple.of(businessId)))
                .compose(owners -> {
                    boolean last = owners.size() == 1
                            && owners.iterator().next().getString("user_id").equals(noOwnerAfter);
                    if (last) {
                        throw new BusinessConflict(
                                "A business needs an owner, and this is the last one; make somebody else an owner first.");
                    }
                    return change.apply(connection);
                })
                .map(rows -> rows.rowCount() > 0));
    }

    private Future<@Nullable Account> one(String sql, Tuple parameters) {
        return pool.preparedQuery(sql).execute(parameters).map(rows -> {
            for (Row row : rows) {
                return new Account(row.getString("id"), row.getString("email"), row.getString("password_hash"));
            }
            return null;
        });
    }

    private static Invitation invitation(Row row) {
        return new Invitation(
                row.getString("id"),
                row.getString("business_id"),
                row.getString("business_name"),
                row.getString("email"),
                Role.of(row.getString("role")),
                instant(row, "created_at"),
                row.getString("created_by"),
                instant(row, "expires_at"));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
