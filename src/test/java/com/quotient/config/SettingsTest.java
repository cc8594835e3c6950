package com.quotient.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path directory;

    @Test
    void defaultsAreValid() {
        Config config = Settings.defaults().config();
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.auth().leaseSecret()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.database().isEmbedded()).isTrue();
    }

    @Test
    void environmentWinsOverFileAndFileOverDefault() throws IOException {
        Path file = file("{\"http\": {\"port\": 9001, \"bodyDeadline\": \"3s\"}}");

        Config config = Settings.load(file, Map.of("QUOTIENT_HTTP_PORT", "9002", "PATH", "/bin"))
                .config();

        assertThat(config.http().port()).isEqualTo(9002);
        assertThat(config.http().bodyDeadline()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void unknownSettingInTheEnvironmentNamesTheNearestKnownOne() {
        assertThatThrownBy(() -> Settings.load(null, Map.of("QUOTIENT_HTTP_PROT", "1")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("Unknown setting QUOTIENT_HTTP_PROT; the nearest known one is QUOTIENT_HTTP_PORT.");
    }

    @Test
    void unknownSettingInTheFileNamesTheNearestKnownOne() throws IOException {
        Path file = file("{\"http\": {\"prot\": 1}}");

        assertThatThrownBy(() -> Settings.load(file, Map.of()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("Unknown setting http.prot; the nearest known one is http.port.");
    }

    @Test
    void valueOfTheWrongKindIsOneSentence() {
        assertThatThrownBy(() -> Settings.load(null, Map.of("QUOTIENT_HTTP_PORT", "eighty")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("QUOTIENT_HTTP_PORT must be a number, not \"eighty\".");
        assertThatThrownBy(() ->
                        Settings.defaults().with("http.bodyDeadline", "soon").config())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("http.bodyDeadline")
                .hasMessageContaining("250ms");
        assertThatThrownBy(() -> Settings.defaults().with("http.port", "70000").config())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("http.port must be from 0 to 65535");
        assertThatThrownBy(() -> Settings.defaults()
                        .with("auth.secretKeyInBrowser", "maybe")
                        .config())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("refuse, warn");
    }

    @Test
    void queueTooSmallForOneRequestIsRefused() {
        assertThatThrownBy(() -> Settings.defaults()
                        .with("ingest.maxQueuedEvents", "600")
                        .config())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("ingest.maxQueuedEvents");
    }

    @Test
    void certificateWithoutItsKeyIsRefusedAndSoIsAKeyWithoutItsCertificate() {
        for (String setting : new String[] {"http.tlsCertificateFile", "http.tlsKeyFile"}) {
            assertThatThrownBy(() -> Settings.defaults().with(setting, "a.pem").config())
                    .isInstanceOf(InvalidSetting.class)
                    .hasMessage("http.tlsCertificateFile and http.tlsKeyFile belong together: set both for TLS, or"
                            + " none of them.");
        }
        assertThat(Settings.defaults()
                        .with("http.tlsCertificateFile", "a.pem")
                        .with("http.tlsKeyFile", "a.key")
                        .config()
                        .http()
                        .isTls())
                .isTrue();
    }

    @Test
    void canaryThatIsRarerThanItsAlertExpectsIsRefused() {
        assertThatThrownBy(
                        () -> Settings.defaults().with("canary.interval", "61s").config())
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("canary.interval must be at most 1m, since the alert QuotientCanaryLost fires after three"
                        + " minutes without an event.");
        assertThat(Settings.defaults()
                        .with("canary.interval", "60s")
                        .config()
                        .canary()
                        .interval())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void unreadableFileIsOneSentence() throws IOException {
        assertThatThrownBy(() -> Settings.load(directory.resolve("absent.json"), Map.of()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("cannot be read");
        Path broken = file("{\"http\": ");
        assertThatThrownBy(() -> Settings.load(broken, Map.of()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("is not valid JSON");
    }

    @Test
    void printedSettingsShowNoSecret() {
        Settings settings =
                Settings.load(null, Map.of("QUOTIENT_DATABASE_URL", "postgresql://joe:hunter2@db.example:5433/q"));

        assertThat(settings.printable().toString()).doesNotContain("hunter2").doesNotContain("joe");
        assertThat(settings.printable().get("database.url")).isEqualTo("postgresql://***@db.example:5433/q");
        assertThat(settings.printable()).containsKey("http.port");
        assertThat(settings.changed()).containsOnlyKeys("database.url");
        assertThat(Settings.defaults().changed()).isEmpty();
    }

    private Path file(String json) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "settings", ".json"), json);
    }
}
