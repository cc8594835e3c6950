package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.business.PasswordHash;
import org.junit.jupiter.api.Test;

class UserCommandsTest extends CommandTest {

    @Test
    void generatedPasswordIsPrintedOnceAndOpensTheAccount() {
        JsonNode user = json("user", "create", "--email", " Ann@Example.COM ");

        assertThat(user.get("email").asText()).isEqualTo("ann@example.com");
        assertThat(user.get("businessId").asText()).isEqualTo(business);
        assertThat(PasswordHash.verify(storedHash(), user.get("password").asText()))
                .isTrue();
        assertThat(PasswordHash.verify(storedHash(), "another password")).isFalse();
    }

    @Test
    void givenPasswordIsNeverPrinted() {
        CommandRun run =
                runWith("correct horse battery\n", "user", "create", "--email", "bob@example.com", "--password-stdin");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out() + run.err()).contains("bob@example.com").doesNotContain("correct horse");
        assertThat(PasswordHash.verify(storedHash(), "correct horse battery")).isTrue();
        assertThat(storedHash()).startsWith("$pbkdf2$it=210000$");
    }

    @Test
    void weakPasswordIsAUsageError() {
        CommandRun run = runWith("short\n", "user", "create", "--email", "bob@example.com", "--password-stdin");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains("at least 12").doesNotContain("short");
        assertThat(run("user", "create", "--email", "nobody").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void addressBelongsToOneUser() {
        json("user", "create", "--email", "ann@example.com");

        CommandRun run = run("user", "create", "--email", "ANN@example.com");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.sentence()).contains("ann@example.com");
    }

    @Test
    void forgottenPasswordIsReplacedByOneThatIsPrintedOnceOrGiven() {
        String first = json("user", "create", "--email", "ann@example.com")
                .get("password")
                .asText();

        JsonNode reset = json("user", "password", "Ann@example.com");

        assertThat(reset.get("email").asText()).isEqualTo("ann@example.com");
        assertThat(PasswordHash.verify(storedHash(), reset.get("password").asText()))
                .isTrue();
        assertThat(PasswordHash.verify(storedHash(), first)).isFalse();
        CommandRun given =
                runWith("correct horse battery\n", "user", "password", "ann@example.com", "--password-stdin");
        assertThat(given.exitCode()).isZero();
        assertThat(given.out() + given.err()).contains("signed out everywhere").doesNotContain("correct horse");
        assertThat(PasswordHash.verify(storedHash(), "correct horse battery")).isTrue();
    }

    @Test
    void passwordOfAnUnknownAddressAndAWeakPasswordAreRefused() {
        json("user", "create", "--email", "ann@example.com");
        String before = storedHash();

        CommandRun unknown = run("user", "password", "bob@example.com");
        assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(unknown.sentence()).contains("no user bob@example.com");
        CommandRun weak = runWith("short\n", "user", "password", "ann@example.com", "--password-stdin");
        assertThat(weak.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(weak.sentence()).contains("at least 12").doesNotContain("short");
        assertThat(run("user", "password", "nobody").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(storedHash()).isEqualTo(before);
    }

    private String storedHash() {
        return String.valueOf(scalar("SELECT password_hash FROM business_user"));
    }
}
