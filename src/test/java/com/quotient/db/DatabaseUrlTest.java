package com.quotient.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.config.InvalidSetting;
import io.vertx.pgclient.SslMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @Test
    void everyPartIsRead() {
        DatabaseUrl url = DatabaseUrl.parse(
                "postgresql://joe:p%40ss+word@db.example:5433/app?sslmode=verify-full&sslrootcert=ca.pem");

        assertThat(url.user()).isEqualTo("joe");
        assertThat(url.password()).isEqualTo("p@ss+word");
        assertThat(url.host()).isEqualTo("db.example");
        assertThat(url.port()).isEqualTo(5433);
        assertThat(url.database()).isEqualTo("app");
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url.rootCertificate()).isEqualTo("ca.pem");
        assertThat(url.jdbcUrl())
                .isEqualTo(
                        "jdbc:postgresql://db.example:5433/app?sslmode=verify-full&sslrootcert=ca.pem&sslhostnameverifier=com.quotient.db.CertificateHosts");
    }

    @Test
    void migrationsTrustWhatJavaTrustsWhenNoCertificateIsNamed() {
        assertThat(DatabaseUrl.parse("postgresql://joe@db.example/app?sslmode=verify-full")
                        .jdbcUrl())
                .isEqualTo("jdbc:postgresql://db.example:5432/app?sslmode=verify-full"
                        + "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
                        + "&sslhostnameverifier=com.quotient.db.CertificateHosts");
        assertThat(DatabaseUrl.parse("postgresql://joe@db.example/app?sslmode=require")
                        .jdbcUrl())
                .isEqualTo("jdbc:postgresql://db.example:5432/app?sslmode=require");
    }

    @Test
    void whatIsLeftOutHasTheDefaultsOfLibpq() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://joe@[::1]/app");

        assertThat(url.password()).isNull();
        assertThat(url.host()).isEqualTo("::1");
        assertThat(url.port()).isEqualTo(5432);
        assertThat(url.sslMode()).isEqualTo(SslMode.PREFER);
        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:5432/app?sslmode=prefer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://joe:hunter2@h/app",
                "postgresql://h/app",
                "postgresql://joe:hunter2@h",
                "postgresql://joe:hunter2@h/app?sslmode=maybe",
                "postgresql://joe:hunter2@h/app?sslmod=require",
                "postgresql://joe:hun ter2@h/app",
                "hunter2"
            })
    void whatCannotBeUsedIsOneSentenceWithoutThePassword(String url) {
        assertThatThrownBy(() -> DatabaseUrl.parse(url))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("database.url ")
                .hasMessageEndingWith(".")
                .message()
                .doesNotContain("hunter2")
                .doesNotContain("ter2@");
    }
}
