package com.quotient.testing;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.db.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class FaultProxyTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DATABASE =
            "proxy_" + UUID.randomUUID().toString().replace("-", "");

    private static String direct;
    private FaultProxy proxy;

    @BeforeAll
    static void createDatabase() {
        direct = TestPostgres.shared().createDatabase(DATABASE, null);
        TestPostgres.execute(direct, "CREATE TABLE note (id uuid PRIMARY KEY)");
    }

    @AfterAll
    static void dropDatabase() {
        TestPostgres.shared().dropDatabase(DATABASE);
    }

    @BeforeEach
    void open() {
        proxy = new FaultProxy(direct);
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void passesQueriesAndCountsLinks() throws SQLException {
        try (Connection connection = connect()) {
            assertThat(ask(connection, "SELECT sum(length(repeat('x', 10000))) FROM generate_series(1, 100)"))
                    .isEqualTo("1000000");
            assertThat(ask(connection, "SELECT repeat('y', 1000000)")).hasSize(1_000_000);
            assertThat(proxy.connections()).isEqualTo(1);
        }
        eventually(SOON, () -> assertThat(proxy.connections()).isZero());
    }

    @Test
    void answersARequestForEncryptionAsTheServerDoes() throws SQLException {
        // The test's own connections ask for none; the driver's default does, and takes the server's no.
        String jdbc = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + DATABASE + "?sslmode=prefer";
        DatabaseUrl url = DatabaseUrl.parse(direct);
        try (Connection connection = DriverManager.getConnection(jdbc, url.user(), url.password())) {
            assertThat(ask(connection, "SELECT 'plain'")).isEqualTo("plain");
        }
    }

    @Test
    void latencyDelaysEachAnswer() throws SQLException {
        try (Connection connection = connect()) {
            proxy.latency(Duration.ofMillis(150));
            long start = System.nanoTime();
            ask(connection, "SELECT 1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        }
    }

    @Test
    void cutClosesLinksAndRefusesNewOnesUntilRestored() throws SQLException {
        try (Connection connection = connect()) {
            proxy.cut();
            assertThatThrownBy(() -> ask(connection, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(this::connect).hasMessageContaining("refused");
            assertThat(proxy.connections()).isZero();
        }
        proxy.restore();
        try (Connection connection = connect()) {
            assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void blackHoleSwallowsWithoutClosing() throws Exception {
        try (Connection connection = connect();
                Connection idle = connect()) {
            proxy.blackHole(true);
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> askUnchecked(connection, "SELECT 1"));
            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            CompletableFuture<Connection> stranger = CompletableFuture.supplyAsync(this::connectUnchecked);
            eventually(SOON, () -> assertThat(proxy.connections()).isEqualTo(3));

            proxy.blackHole(false);
            assertThat(ask(idle, "SELECT 'unharmed'")).isEqualTo("unharmed");
            try (Connection fresh = connect()) {
                assertThat(ask(fresh, "SELECT 'fresh'")).isEqualTo("fresh");
            }
            assertThat(answer).isNotDone();
            assertThat(stranger).isNotDone();

            proxy.cut();
            assertThat(answer).failsWithin(SOON);
            assertThat(stranger).failsWithin(SOON);
        }
    }

    @Test
    void notificationsAreLostAndNothingElse() throws SQLException {
        try (Connection connection = connect()) {
            ask(connection, "SELECT 1");
            execute(connection, "LISTEN news");
            TestPostgres.execute(direct, "NOTIFY news, 'one'");
            eventually(SOON, () -> assertThat(news(connection)).containsExactly("one"));

            proxy.dropNotifications(true);
            TestPostgres.execute(direct, "NOTIFY news, 'two'");
            assertThat(ask(connection, "SELECT 'healthy'")).isEqualTo("healthy");
            // The server delivers notifications before it answers a later query, so "two" is lost by now.
            proxy.dropNotifications(false);
            TestPostgres.execute(direct, "NOTIFY news, 'three'");
            eventually(SOON, () -> assertThat(news(connection)).containsExactly("three"));
        }
    }

    @Test
    void replyAfterCommitIsLostOnce() throws SQLException {
        UUID lost = UUID.randomUUID();
        UUID kept = UUID.randomUUID();
        try (Connection connection = connect()) {
            CompletableFuture<Void> cut = proxy.cutReplyAfterCommit();
            assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(() -> execute(connection, insert(lost))).isInstanceOf(SQLException.class);
            assertThat(cut).succeedsWithin(SOON);
        }
        try (Connection connection = connect()) {
            execute(connection, insert(kept));
        }
        assertThat(notes(lost, kept)).isEqualTo(2);
    }

    @Test
    void replyWithinATransactionIsKeptUntilItsCommit() throws SQLException {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            CompletableFuture<Void> cut = proxy.cutReplyAfterCommit("INSERT");
            execute(connection, insert(first));
            assertThat(cut).isNotDone();
            connection.commit();

            cut = proxy.cutReplyAfterCommit("COMMIT");
            execute(connection, insert(second));
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
            assertThat(cut).succeedsWithin(SOON);
        }
        assertThat(notes(first, second)).isEqualTo(2);
    }

    private Connection connect() throws SQLException {
        return TestPostgres.connect(proxy.url(DATABASE));
    }

    private Connection connectUnchecked() {
        try {
            return connect();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String askUnchecked(Connection connection, String sql) {
        try {
            return ask(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> news(Connection connection) throws SQLException {
        PGNotification[] notifications = connection.unwrap(PGConnection.class).getNotifications(10);
        return notifications == null
                ? List.of()
                : List.of(notifications).stream()
                        .map(PGNotification::getParameter)
                        .toList();
    }

    private static String insert(UUID id) {
        return "INSERT INTO note VALUES ('" + id + "')";
    }

    private static long notes(UUID first, UUID second) {
        return (long)
                TestPostgres.query(direct, "SELECT count(*) FROM note WHERE id IN ('" + first + "', '" + second + "')")
                        .get(0)
                        .get(0);
    }
}
