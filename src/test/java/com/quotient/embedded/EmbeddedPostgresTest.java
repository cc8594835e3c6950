package com.quotient.embedded;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestPostgres.execute;
import static com.quotient.testing.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.db.DatabaseUrl;
import com.quotient.embedded.EmbeddedPostgres.Options;
import com.quotient.testing.TestPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class EmbeddedPostgresTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path temporary;

    private final List<EmbeddedPostgres> started = new ArrayList<>();
    private final List<String> progress = new ArrayList<>();

    @AfterEach
    void stopAll() {
        started.forEach(EmbeddedPostgres::close);
    }

    @Test
    void committedDataSurvivesARestart() {
        EmbeddedPostgres first = start();
        remember(first.url(), "kept");
        first.close();
        assertThat(ProcessHandle.of(first.pid())
                        .flatMap(process -> process.info().commandLine()))
                .isEmpty();

        progress.clear();
        EmbeddedPostgres second = start();
        assertThat(remembered(second.url())).isEqualTo("kept");
        assertThat(progress).containsExactly("Starting Postgres…");
    }

    @Test
    void commitsAreDurableAndTextIsUnicode() {
        String url = start().url();
        assertThat(show(url, "fsync")).isEqualTo("on");
        assertThat(show(url, "synchronous_commit")).isEqualTo("on");
        assertThat(show(url, "full_page_writes")).isEqualTo("on");
        assertThat(show(url, "server_encoding")).isEqualTo("UTF8");
        assertThat(query(url, "SELECT datlocale FROM pg_database WHERE datname = current_database()"))
                .isEqualTo(List.of(List.of("C.UTF-8")));
    }

    @Test
    void lettersOfEveryAlphabetAreSearched() {
        String url = start().url();
        execute(url, "CREATE EXTENSION pg_trgm");

        assertThat(query(url, "SELECT word_similarity('возврат', 'о возвратах') > 0.5, lower('ÉЖ')"))
                .isEqualTo(List.of(List.of(true, "éж")));
    }

    @Test
    void lostPasswordLeavesNothingRunning() throws IOException {
        start().close();
        Files.delete(data().resolve("postgres.password"));

        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("postgres.password");

        assertThat(data().resolve("postgres").resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void onlyTheOwnerWithThePasswordGetsIn() throws IOException {
        EmbeddedPostgres postgres = start();
        assertThat(show(postgres.url(), "listen_addresses")).isEqualTo("127.0.0.1");
        String guess = postgres.url().replaceFirst("postgres:[^@]*@", "postgres:guess@");
        assertThatThrownBy(() -> query(guess, "SELECT 1")).hasMessageContaining("password authentication failed");
        assertThat(permissions("data/postgres.password")).isEqualTo("rw-------");
        assertThat(permissions("data/postgres")).isEqualTo("rwx------");
        assertThat(postgres)
                .asString()
                .doesNotContain(DatabaseUrl.parse(postgres.url()).password());
    }

    @Test
    void aPostgresWhoseOwnerWasKilledIsReplacedAndItsDataIsThere() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        data().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long orphan;
        try (BufferedReader output = owner.inputReader(StandardCharsets.UTF_8)) {
            orphan = Long.parseLong(output.readLine());
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("already running on " + data().toRealPath());
            assertThat(EmbeddedPostgres.attach(data())).hasValueSatisfying(outside -> {
                assertThat(remembered(outside.url())).isEqualTo("committed");
                outside.close();
                assertThat(outside.pid()).isEqualTo(orphan);
            });
        } finally {
            owner.destroyForcibly().waitFor();
        }
        assertThat(ProcessHandle.of(orphan)).isPresent();

        EmbeddedPostgres successor = start();
        assertThat(successor.pid()).isNotEqualTo(orphan);
        assertThat(remembered(successor.url())).isEqualTo("committed");
        assertThat(progress).contains("Stopping the Postgres that was left running…");
    }

    /** Serves a directory until it is killed. */
    static final class Owner {
        public static void main(String[] arguments) throws InterruptedException {
            Path data = Path.of(arguments[0]);
            EmbeddedPostgres postgres = EmbeddedPostgres.start(data, options(), sentence -> {});
            remember(postgres.url(), "committed");
            System.out.println(postgres.pid());
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aKilledPostgresIsRecovered() {
        EmbeddedPostgres killed = start();
        remember(killed.url(), "committed");
        killHard(killed);
        killed.close();

        EmbeddedPostgres recovered = start();
        assertThat(remembered(recovered.url())).isEqualTo("committed");
        assertThat(progress).contains("Recovering after an unclean stop…");
    }

    @Test
    void aStrangerWithTheProcessIdOfAKilledPostgresIsLeftAlone() throws IOException {
        EmbeddedPostgres killed = start();
        remember(killed.url(), "committed");
        killHard(killed);
        killed.close();
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Path file = data().resolve("postgres/postmaster.pid");
            Files.writeString(file, Files.readString(file).replaceFirst("\\d+", Long.toString(stranger.pid())));
            assertThat(EmbeddedPostgres.attach(data())).isEmpty();

            assertThat(remembered(start().url())).isEqualTo("committed");
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aHalfMadeClusterIsMadeAnew() throws IOException {
        Path unfinished = Files.createDirectories(data().resolve("postgres.unfinished-1"));
        Files.writeString(unfinished.resolve("PG_VERSION"), "18\n");
        Files.writeString(data().resolve("postgres.password"), "of the first attempt\n");

        assertThat(show(start().url(), "fsync")).isEqualTo("on");
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void aSecondStartIsRefusedAndHarmsNothing() {
        EmbeddedPostgres first = start();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("already running on")
                    .hasMessageContaining("QUOTIENT_DATA_DIRECTORY");
        }
        assertThat(show(first.url(), "fsync")).isEqualTo("on");
    }

    @Test
    void attachingFindsOnlyAServerThatRuns() {
        assertThat(EmbeddedPostgres.attach(data())).isEmpty();
        EmbeddedPostgres postgres = start();

        Optional<EmbeddedPostgres> attached = EmbeddedPostgres.attach(data());
        assertThat(attached).map(EmbeddedPostgres::url).hasValue(postgres.url());
        attached.orElseThrow().close();
        assertThat(show(postgres.url(), "fsync")).isEqualTo("on");

        postgres.close();
        assertThat(EmbeddedPostgres.attach(data())).isEmpty();
    }

    @Test
    void aFailedStartSaysWhyAndGivesTheDirectoryBack() throws IOException {
        start().close();
        Path configuration = data().resolve("postgres/postgresql.conf");
        String good = Files.readString(configuration);
        Files.writeString(configuration, good + "\nno_such_setting = 1\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("Postgres did not start on")
                .hasMessageContaining("postgresql.conf")
                .hasMessageContaining("contains errors");

        Files.writeString(configuration, good);
        assertThat(show(start().url(), "fsync")).isEqualTo("on");
    }

    @Test
    void aDirectoryThatIsAFileIsRefusedWithASentence() throws IOException {
        Files.createFile(data());
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("The data directory " + data() + " cannot be used")
                .hasMessageContaining("is a file");
    }

    private Path data() {
        return temporary.resolve("data");
    }

    private EmbeddedPostgres start() {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data(), options(), progress::add);
        started.add(postgres);
        return postgres;
    }

    private static Options options() {
        return new Options(TestPostgres.binaries(), 0, 20);
    }

    private static void killHard(EmbeddedPostgres postgres) {
        ProcessHandle postmaster = ProcessHandle.of(postgres.pid()).orElseThrow();
        postmaster.destroyForcibly();
        eventually(SOON, () -> postmaster.info().commandLine().isEmpty(), gone -> gone);
    }

    private static void remember(String url, String word) {
        execute(url, "CREATE TABLE memory (word text); INSERT INTO memory VALUES ('" + word + "')");
    }

    private static Object remembered(String url) {
        return query(url, "SELECT word FROM memory").get(0).get(0);
    }

    private static Object show(String url, String setting) {
        return query(url, "SHOW " + setting).get(0).get(0);
    }

    private String permissions(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve(path)));
    }
}
