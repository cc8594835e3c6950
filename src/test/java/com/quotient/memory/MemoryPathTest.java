package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPathTest {
    @ParameterizedTest
    @CsvSource({
        "a,/a",
        "a/b,/a/b",
        "/a//b,/a/b",
        "a/b/,/a/b",
        "a%20b/c+d,/a b/c+d",
        "%2Fa%2Fb,/a/b",
        "a%2Fb,/a/b",
        "%2Fa%2F%2Fb%2F,/a/b",
        "/%2fa%2fb/,/a/b",
        "%2Fa%252Fb,/a%2Fb",
        "%E2%82%AC/%F0%9F%8D%95,/€/🍕",
        "searching,/searching",
        "a/search,/a/search",
        "...,/...",
        "a.b/.c,/a.b/.c"
    })
    void pathIsReadInEveryFormItMayComeIn(String encoded, String path) {
        assertThat(MemoryPath.parse(encoded).document()).isEqualTo(path);
        assertThat(MemoryPath.parse(encoded).children()).isEqualTo(path + "/");
    }

    @ParameterizedTest
    @CsvSource({"a/,true", "a,false", "%2Fa%2F,true", "%2Fa,false", "a/b%20,false", "a//,true"})
    void slashAtTheEndMeansAFolder(String encoded, boolean asFolder) {
        assertThat(MemoryPath.parse(encoded).asFolder()).isEqualTo(asFolder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "%2F", "%2F%2F"})
    void emptyPathIsTheRoot(String encoded) {
        assertThat(MemoryPath.parse(encoded).isRoot()).isTrue();
        assertThat(MemoryPath.parse(encoded).children()).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "..",
                "a/./b",
                "a/../b",
                "%2e%2E",
                "a/%2e%2e/b",
                "%2Fa%2F..%2Fb",
                "a%00b",
                "a%0Ab",
                "a/b%2Fc",
                "a%2Fb/c",
                "%2Fa%2F/b",
                "%FF",
                "%",
                "search",
                "search/x",
                "/search/",
                "%2Fsearch",
                "%73earch"
            })
    void invalidPathIsRefused(String encoded) {
        assertRefused(encoded);
    }

    @Test
    void pathMayHave1024CharactersAndNoMore() {
        assertThat(MemoryPath.parse("a".repeat(1023)).document()).hasSize(1024);
        assertThat(MemoryPath.parse("%61".repeat(1023)).document()).hasSize(1024);
        assertThat(MemoryPath.parse("/a" + "//b".repeat(99) + "/").names()).hasSize(100);
        assertRefused("a".repeat(1024));
        assertRefused("%2F" + "%61".repeat(1024));
        assertRefused(URLEncoder.encode("€".repeat(683), StandardCharsets.UTF_8));
        assertRefused("a/".repeat(101));
    }

    @Test
    void ancestorsGoFromTheTopDownWithoutTheRoot() {
        assertThat(MemoryPath.parse("a/b/c").ancestors().stream().map(MemoryPath::children))
                .containsExactly("/a/", "/a/b/");
        assertThat(MemoryPath.parse("a").ancestors()).isEmpty();
    }

    private static void assertRefused(String encoded) {
        assertThatThrownBy(() -> MemoryPath.parse(encoded)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().type()).isEqualTo(ProblemType.INVALID_REQUEST);
            assertThat(e.problem().detail()).startsWith("path: ");
        });
    }
}
