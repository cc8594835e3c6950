package com.quotient.bench;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database with the tables of the server.
 *
 * @param url with the password, as the server takes it
 */
public record Database(String url) {
    static final String TEMPLATE = "bench_template";

    /** Written past the triggers, which would take longer than everything else for a million rows. */
    private static final String INSERT_BUSINESSES = """
            INSERT INTO business (id, name)
            SELECT 'biz_' || left(encode(sha256(('business' || i)::bytea), 'hex'), 22), 'Business ' || i
            FROM generate_series(0, (?::int - 1) / 100) AS i
            ON CONFLICT DO NOTHING""";

    private static final String INSERT_KEYS = """
            INSERT INTO api_key (id, business_id, tier, name, hash, prefix, suffix, readable, scopes, allowed_origins,
                rate_limit, rate_window_seconds, version)
            SELECT 'key_' || right(hex, 22),
                'biz_' || left(encode(sha256(('business' || i / 100)::bytea), 'hex'), 22),
                given.tier, 'Key ' || i, sha256(key::bytea), left(key, 8), right(key, 4),
                CASE given.tier WHEN 'pk' THEN key END, ARRAY[given.scope],
                ARRAY(SELECT 'shop' || i || '-' || rule || '.com' FROM generate_series(1, given.rules) AS rule),
                nullif(given.daily_limit, 0), CASE WHEN given.daily_limit > 0 THEN 86400 END, 1
            FROM (VALUES (?::text, ?::text, ?::int, ?::int, ?::text, ?::int))
                    AS given (name, tier, count, rules, scope, daily_limit),
                generate_series(0, given.count - 1) AS i,
                LATERAL (SELECT encode(sha256((given.name || i)::bytea), 'hex') AS hex) AS hashed,
                LATERAL (SELECT given.tier || '_' || left(hex, 40) AS key) AS named""";

    static void createEmpty(String adminUrl, String name) {
        new Database(adminUrl).execute("CREATE DATABASE " + name);
    }

    static Database create(String adminUrl, String name, KeySet... keySets) {
        new Database(adminUrl).execute("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        Database database = new Database(adminUrl.substring(0, adminUrl.lastIndexOf('/') + 1) + name);
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET session_replication_role = replica");
                statement.execute("UPDATE key_version SET version = 1");
            }
            for (KeySet keys : keySets) {
                insert(connection, keys);
            }
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
        database.execute("VACUUM ANALYZE", "CHECKPOINT");
        return database;
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + this, user(), password());
    }

    public void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The number that a query returns. */
    public long number(String query) {
        return Long.parseLong(text(query));
    }

    /** The first column of the first row that a query returns. */
    public String text(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            if (rows.next()) {
                return rows.getString(1);
            }
            throw new BenchException("No row was found by: " + query);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    public int port() {
        return URI.create(url).getPort();
    }

    public String name() {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    public String user() {
        return login()[0];
    }

    public String password() {
        return login()[1];
    }

    /** {@code HOST:PORT/DATABASE}, without what could log in. */
    @Override
    public String toString() {
        return url.substring(url.indexOf('@') + 1);
    }

    private String[] login() {
        return URI.create(url).getUserInfo().split(":", 2);
    }

    private static void insert(Connection connection, KeySet keys) throws SQLException {
        try (PreparedStatement businesses = connection.prepareStatement(INSERT_BUSINESSES);
                PreparedStatement insert = connection.prepareStatement(INSERT_KEYS)) {
            businesses.setInt(1, keys.count());
            businesses.execute();
            insert.setString(1, keys.name());
            insert.setString(2, keys.tier());
            insert.setInt(3, keys.count());
            insert.setInt(4, keys.rules());
            insert.setString(5, keys.scope());
            insert.setInt(6, keys.dailyLimit());
            insert.execute();
        }
    }

    private static BenchException failed(SQLException e) {
        return new BenchException("Postgres refused a statement of the benchmark: " + e.getMessage() + ".", e);
    }
}
