package com.quotient.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TestPostgresTest {
    @Test
    void aFrozenServerAnswersAfterTheThaw() {
        try (TestPostgres postgres = TestPostgres.own()) {
            postgres.freeze();
            CompletableFuture<List<List<Object>>> answer =
                    CompletableFuture.supplyAsync(() -> TestPostgres.query(postgres.url(), "SELECT 1"));
            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            postgres.thaw();
            assertThat(answer).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(List.of(List.of(1)));
        }
    }

    @Test
    void aKilledServerComesBackAtItsUrlWithWhatWasCommitted() {
        try (TestPostgres postgres = TestPostgres.own()) {
            String url = postgres.url();
            TestPostgres.execute(url, "CREATE TABLE note (text text); INSERT INTO note VALUES ('kept')");
            postgres.kill9();
            assertThatThrownBy(() -> TestPostgres.query(url, "SELECT 1")).hasMessageContaining("refused");
            postgres.startAgain();
            assertThat(TestPostgres.query(url, "SELECT text FROM note")).isEqualTo(List.of(List.of("kept")));
        }
    }

    @Test
    void aStoppedServerComesBackAtItsUrl() {
        try (TestPostgres postgres = TestPostgres.own()) {
            String url = postgres.url();
            postgres.stop();
            assertThatThrownBy(() -> TestPostgres.query(url, "SELECT 1")).hasMessageContaining("refused");
            postgres.startAgain();
            assertThat(TestPostgres.query(url, "SELECT 1")).isEqualTo(List.of(List.of(1)));
        }
    }

    @Test
    void aDatabaseIsACopyOfItsTemplateUntilItIsDropped() {
        TestPostgres shared = TestPostgres.shared();
        TestPostgres.execute(shared.createDatabase("template_of_copy", null), "CREATE TABLE note (text text)");
        String copy = shared.createDatabase("copy_of_template", "template_of_copy");
        assertThat(TestPostgres.query(copy, "SELECT text FROM note")).isEmpty();
        shared.dropDatabase("copy_of_template");
        shared.dropDatabase("template_of_copy");
        assertThatThrownBy(() -> TestPostgres.query(copy, "SELECT 1")).hasMessageContaining("does not exist");
    }

    @Test
    void theSharedServerIsNotToBeHurt() {
        assertThatThrownBy(() -> TestPostgres.shared().kill9()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> TestPostgres.shared().freeze()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> TestPostgres.shared().stop()).isInstanceOf(IllegalStateException.class);
    }
}
