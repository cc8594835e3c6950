package com.quotient.keyfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.keyfile.KeyFile.Entry;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFileReaderTest {
    private static final String SECRET = "sk_0123456789012345678901234567890123456789";

    @TempDir
    private Path directory;

    @Test
    void fileWithoutSettingsHasTheUsualOnes() {
        KeyFile file = read("name: site");

        assertThat(file.name()).isEqualTo("site");
        assertThat(file.business()).isNull();
        assertThat(file.generation()).isNull();
        assertThat(file.keys()).as("says nothing about keys").isNull();
        assertThat(file.overlap()).isEqualTo(Duration.ofDays(1));
        assertThat(file.prune()).isFalse();
        assertThat(file.maxRevocations()).isEqualTo(10);
        assertThat(file.digest())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(read("name: other").digest());
        assertThat(read("name: site\nkeys: []").keys())
                .as("says that there are none")
                .isEmpty();
    }

    @Test
    void settingsAreRead() {
        KeyFile file = read("name: site\nbusiness: One\ngeneration: 7\nrotationOverlap: 90d\nmaxRevocations: 0\n"
                + "keys: []\nprune: true");

        assertThat(file.business()).isEqualTo("One");
        assertThat(file.generation()).isEqualTo(7);
        assertThat(file.overlap()).isEqualTo(Duration.ofDays(90));
        assertThat(file.maxRevocations()).isZero();
        assertThat(file.prune()).isTrue();
    }

    @Test
    void keyIsReadWithWhatItChanges() {
        Entry entry = only("{name: shop, id: key_1, type: public, description: d, allowedOrigins: [a.example.com],"
                + " allowMissingOrigin: true, rateLimit: {limit: 5, windowSeconds: 60},"
                + " expiresAt: 2090-01-01T00:00:00Z}");

        assertThat(entry.name()).isEqualTo("shop");
        assertThat(entry.id()).isEqualTo("key_1");
        assertThat(entry.tier()).isEqualTo(KeyTier.PUBLIC);
        assertThat(entry.material()).isNull();
        KeySpec changed = entry.change().apply(KeySpec.of(KeyTier.PUBLIC, "shop"));
        assertThat(changed.description()).isEqualTo("d");
        assertThat(changed.allowedOrigins()).containsExactly("a.example.com");
        assertThat(changed.allowMissingOrigin()).isTrue();
        assertThat(Objects.requireNonNull(changed.rateLimit())).hasToString("5/60s");
        assertThat(changed.expiresAt()).isEqualTo(Instant.parse("2090-01-01T00:00:00Z"));
        KeySpec none = only("{name: shop, type: public, rateLimit: none, expiresAt: never}")
                .change()
                .apply(changed);
        assertThat(none.rateLimit()).isNull();
        assertThat(none.expiresAt()).isNull();
        assertThat(none.description()).as("what is left out stays").isEqualTo("d");
    }

    @Test
    void secretIsReadFromAFileBesideThisOne() throws IOException {
        Files.writeString(directory.resolve("secret"), "\n " + SECRET + " \n");

        assertThat(Objects.requireNonNull(only("{name: a, type: private, keyFile: secret}")
                                .material())
                        .hash())
                .isEqualTo(KeyHash.of(SECRET));
        Files.writeString(directory.resolve("secret"), SECRET + " ".repeat(1024 - SECRET.length()));
        assertThat(only("{name: a, type: private, keyFile: secret}").material()).isNotNull();
        Files.writeString(directory.resolve("secret"), SECRET + " ".repeat(1025 - SECRET.length()));
        assertRefused(keys("{name: a, type: private, keyFile: secret}"), "keys[0].keyFile cannot be read");
        assertRefused(keys("{name: a, type: private, keyFile: absent}"), "keys[0].keyFile cannot be read");
        assertRefused(keys("{name: a, type: private, keyFile: .}"), "keys[0].keyFile cannot be read");
        Files.writeString(directory.resolve("secret"), SECRET.replace("sk_", "pk_"));
        assertRefused(keys("{name: a, type: private, keyFile: secret}"), "keys[0].keyFile must hold a whole key");
    }

    /** A slash stands for the end of a line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: a b | name must have 1 to 100 letters",
                "keys: []                                 | name is required",
                "name: site / keys: | keys has no value; write one, or leave it out.",
                "name: site / key: [] | key is not known here; known are business, generation, keys,",
                "name: site / prune: true / generation: 1 / keys: [] | prune must come after keys",
                "name: site / prune: false / keys: [] | prune must come after keys",
                "name: site / prune: true / generation: 1 | prune must come after keys",
                "name: site / keys: [] / prune: true | prune needs a generation",
                "name: site / generation: -1 | generation must be a whole number from 0",
                "name: site / maxRevocations: 201 | maxRevocations must be a whole number from 0 to 200.",
                "name: site / rotationOverlap: 91d | rotationOverlap must be a time of at most 90d",
                "name: site / rotationOverlap: soon | rotationOverlap must be a time of at most 90d",
                "name: site / keys: [1] | keys[0] must be an object.",
                "name: site / keys: [{name: a}] | keys[0].type is required",
                "name: site / keys: [{type: public}] | keys[0].name is required",
                "name: site / keys: [{name: a, type: pub}] | keys[0].type must be public or private.",
                "name: site / keys: [{name: a, type: public, origins: []}] | keys[0].origins is not known here",
                "name: site / keys: [{name: a, type: public, scopes: }] | keys[0].scopes has no value",
                "name: site / keys: [{name: a, type: public}, {name: a, type: public}] | keys[1].name is the name of another key",
                "name: site / keys: [{name: a, type: public, id: k}, {name: b, type: public, id: k}] | keys[1].id is the id of another key",
                "name: site / keys: [{name: a, type: public, key: pk_01234567890123456789}, {name: b, type: public, key: pk_01234567890123456789}] | keys[1].name has the same secret",
                "name: site / keys: [{name: a, type: public, key: pk_0123456789012345678}] | keys[0].key must hold a whole key that begins with pk_",
                "name: site / keys: [{name: a, type: private, key: sk_01234567890123456789}] | keys[0].key must not stand here for a private key",
                "name: site / keys: [{name: a, type: private, hash: abc}] | keys[0].hash is refused",
                "name: site / keys: [{name: a, type: public, key: pk_01234567890123456789, keyFile: x}] | keys[0].name has more than one of key, keyFile and hash",
                "name: site / keys: [{name: a, type: public, key: pk_01234567890123456789, hash: x}] | keys[0].name has more than one",
                "name: site / keys: [{name: a, type: public, allowedOrigins: [co.uk]}] | keys[0].allowedOrigins[0] Origin rule 'co.uk' is refused",
                "name: site / keys: [{name: a, type: public, expiresAt: soon}] | keys[0].expiresAt must be a time",
                "name: [ | not valid",
                "name: site / name: other | not valid",
                "name: site / keys: &a [{name: b, type: public}] / business: *a | not valid YAML, or too deep or too long.",
                "just text | no object"
            })
    void fileWithAFaultIsRefusedByName(String content, String sentence) {
        assertRefused(content.replace(" / ", "\n"), sentence);
    }

    @Test
    void fileHasAsManyKeysAndBytesAsAllowedAndNotOneMore() {
        assertThat(read(many(200)).keys()).hasSize(200);
        assertRefused(many(201), "keys must be an array of 0 to 200 items.");

        String begin = "name: site\n#";
        assertThat(read(begin + "x".repeat(KeyFileReader.MAX_BYTES - begin.length())))
                .isNotNull();
        assertRefused(begin + "x".repeat(KeyFileReader.MAX_BYTES - begin.length() + 1), "at most 1048576 bytes");
    }

    private static String many(int count) {
        return "name: site\nkeys:\n"
                + IntStream.range(0, count)
                        .mapToObj(i -> "- {name: k" + i + ", type: public}\n")
                        .collect(Collectors.joining());
    }

    @Test
    void jsonIsReadAsStrictly() {
        assertThat(read("{\"name\":\"site\",\"keys\":[]}").keys()).isEmpty();
        assertRefused("{\"name\":\"site\",\n\"name\":\"other\"}", "not valid JSON at line 2.");
        assertRefused("{\"name\":\"site\"} {}", "not valid JSON");
    }

    private static String keys(String entry) {
        return "name: site\nkeys:\n- " + entry;
    }

    private Entry only(String entry) {
        List<Entry> entries = Objects.requireNonNull(read(keys(entry)).keys());
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private KeyFile read(String content) {
        return new KeyFileReader(directory).read(content.getBytes(UTF_8));
    }

    private void assertRefused(String content, String sentence) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(KeyFileRefused.class)
                .hasMessageContaining(sentence)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("0123456789"));
    }
}
