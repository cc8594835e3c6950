package com.quotient.business;

import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Creates and finds businesses and their users. Thread-safe. */
public final class BusinessAdmin {
    /** The minimum length of a password. */
    public static final int MIN_PASSWORD = 12;

    /** The maximum length of a password. */
    public static final int MAX_PASSWORD = 1000;

    private static final int MAX_NAME = 200;
    private static final int MAX_EMAIL = 254;
    /** A plausibility check; only sending mail shows whether an address exists. */
    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+");

    private static final String COLUMNS = "id, name, created_at, max_key_lifetime_days";
    private static final String CREATE = "INSERT INTO business (id, name) VALUES ($1, $2) RETURNING " + COLUMNS;
    private static final String LIST = "SELECT " + COLUMNS + " FROM business ORDER BY created_at, id";
    private static final String FIND =
            "SELECT " + COLUMNS + " FROM business WHERE id = $1 OR name = $1 ORDER BY created_at, id";
    private static final String CREATE_USER = """
            INSERT INTO business_user (id, business_id, email, password_hash)
            SELECT $1, id, $3, $4 FROM business WHERE id = $2
            ON CONFLICT (email) DO NOTHING
            """;

    private static final String SET_PASSWORD =
            "UPDATE business_user SET password_hash = $2 WHERE email = $1 RETURNING id, business_id, email";
    /** Of every device; follows a change of the password in its transaction. */
    static final String END_SESSIONS = "DELETE FROM dashboard_session WHERE user_id = $1";

    private final Vertx vertx;
    private final Pool pool;
    private final InstantSource clock;

    public BusinessAdmin(Vertx vertx, Pool pool, InstantSource clock) {
        this.vertx = vertx;
        this.pool = pool;
        this.clock = clock;
    }

    /**
     * Creates a business.
     *
     * @param name 1 to 200 characters
     * @throws IllegalArgumentException with a sentence if the name is invalid
     */
    public Future<Business> create(String name) {
        if (name.isBlank() || name.length() > MAX_NAME || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A business needs a name of 1 to " + MAX_NAME + " characters.");
        }
        return pool.preparedQuery(CREATE)
                .execute(Tuple.of(Ids.next("biz_", clock.millis()), name))
                .map(rows -> business(rows.iterator().next()));
    }

    /** All businesses, oldest first. */
    public Future<List<Business>> list() {
        return pool.preparedQuery(LIST).execute().map(BusinessAdmin::businesses);
    }

    /** The businesses with this id or exactly this name, oldest first. */
    public Future<List<Business>> find(String idOrName) {
        return pool.preparedQuery(FIND).execute(Tuple.of(idOrName)).map(BusinessAdmin::businesses);
    }

    /**
     * The business with this id or exactly this name; without either, the only business. Fails with
     * {@link BusinessConflict} if there is not exactly one.
     *
     * @param choose how to name a business, for the case that none is named and there are several
     */
    public Future<Business> one(@Nullable String idOrName, String choose) {
        return (idOrName == null ? list() : find(idOrName)).map(found -> {
            if (found.size() == 1) {
                return found.get(0);
            }
            if (idOrName == null) {
                throw new BusinessConflict(
                        found.isEmpty()
                                ? "There is no business yet; create one with 'quotient business create --name NAME'."
                                : "There are " + found.size() + " businesses; " + choose + ".");
            }
            throw new BusinessConflict(
                    found.isEmpty()
                            ? "There is no business \"" + idOrName + "\"; 'quotient business list' shows all."
                            : "There are " + found.size() + " businesses named \"" + idOrName
                                    + "\"; give the id of one, which 'quotient business list' shows.");
        });
    }

    /**
     * Creates a user, who owns the business. Fails with {@link BusinessConflict} if the address is taken or the
     * business does not exist.
     *
     * @param email is trimmed and lower-cased
     * @param password at least {@value #MIN_PASSWORD} characters
     * @throws IllegalArgumentException with a sentence that does not repeat the password, when one of them cannot be
     *     used
     */
    public Future<BusinessUser> createUser(String businessId, String email, String password) {
        BusinessUser user = new BusinessUser(Ids.next("usr_", clock.millis()), businessId, canonicalEmail(email));
        return hash(password)
                .compose(hash -> pool.preparedQuery(CREATE_USER)
                        .execute(Tuple.of(user.id(), user.businessId(), user.email(), hash)))
                .map(rows -> {
                    if (rows.rowCount() == 0) {
                        throw new BusinessConflict("There is a user " + user.email() + " already, or no business "
                                + businessId + "; choose another address.");
                    }
                    return user;
                });
    }

    /**
     * Gives a user a new password and ends all sessions of the user. Fails with {@link BusinessConflict} if there is no
     * such user.
     *
     * @param email regardless of case
     * @throws IllegalArgumentException as {@link #createUser}
     */
    public Future<BusinessUser> resetPassword(String email, String password) {
        String address = canonicalEmail(email);
        return hash(password)
                .compose(hash -> pool.withTransaction(connection -> connection
                        .preparedQuery(SET_PASSWORD)
                        .execute(Tuple.of(address, hash))
                        .compose(rows -> {
                            if (rows.size() == 0) {
                                throw new BusinessConflict(
                                        "There is no user " + address + "; 'quotient user create' creates one.");
                            }
                            Row row = rows.iterator().next();
                            BusinessUser user = new BusinessUser(
                                    row.getString("id"), row.getString("business_id"), row.getString("email"));
                            return connection
                                    .preparedQuery(END_SESSIONS)
                                    .execute(Tuple.of(user.id()))
                                    .map(user);
                        })));
    }

    private Future<String> hash(String password) {
        if (password.length() < MIN_PASSWORD || password.length() > MAX_PASSWORD) {
            throw new IllegalArgumentException(
                    "A password needs at least " + MIN_PASSWORD + " and at most " + MAX_PASSWORD + " characters.");
        }
        return vertx.executeBlocking(() -> PasswordHash.hash(password), false);
    }

    static String lowerCase(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    static String canonicalEmail(String email) {
        String canonical = lowerCase(email);
        if (canonical.length() > MAX_EMAIL || !EMAIL.matcher(canonical).matches()) {
            throw new IllegalArgumentException("\"" + email + "\" is not an e-mail address.");
        }
        return canonical;
    }

    private static List<Business> businesses(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(BusinessAdmin::business)
                .toList();
    }

    private static Business business(Row row) {
        return new Business(
                row.getString("id"),
                row.getString("name"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getInteger("max_key_lifetime_days"));
    }
}
