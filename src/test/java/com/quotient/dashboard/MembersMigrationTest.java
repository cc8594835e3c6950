package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.PASSWORD;
import static com.quotient.dashboard.DashboardClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.business.PasswordHash;
import com.quotient.db.DatabaseUrl;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class MembersMigrationTest {
    @Test
    void userOfThePreviousReleaseSignsInAsOwnerWhetherMadeBeforeOrAfterTheMigration() {
        String url = TestServer.freshDatabase();
        DatabaseUrl database = DatabaseUrl.parse(url);
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password() == null ? "" : database.password())
                .locations("classpath:db/migration")
                .target("22")
                .load()
                .migrate();
        TestPostgres.execute(url, "INSERT INTO business (id, name) VALUES ('biz_1', 'One')");
        String user =
                "INSERT INTO business_user (id, business_id, email, password_hash) VALUES ('%1$s', 'biz_1', '%1$s@example.com', '"
                        + PasswordHash.hash(PASSWORD) + "')";
        TestPostgres.execute(url, user.formatted("before"));
        try (TestServer server = TestServer.on(url)) {
            // As a server of the release before does, which may still run.
            TestPostgres.execute(url, user.formatted("after"));

            for (String name : new String[] {"before", "after"}) {
                assertThat(json(new DashboardClient(server).signIn(name + "@example.com", PASSWORD))
                                .path("role")
                                .asText())
                        .as(name)
                        .isEqualTo("owner");
            }
        }
    }
}
