package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {
    private static final String TAG = "\"abc\"";

    @Test
    void tagFollowsFromTheContentAndFromNothingElse() {
        String tag = EntityTags.of(Buffer.buffer("content"));

        assertThat(tag).matches("\"[0-9a-f]{32}\"").isEqualTo(EntityTags.of(Buffer.buffer("content")));
        assertThat(tag).isNotEqualTo(EntityTags.of(Buffer.buffer("other")));
        assertThat(EntityTags.of("a", "b"))
                .matches("\"[0-9a-f]{32}\"")
                .isEqualTo(EntityTags.of("a", "b"))
                .isNotEqualTo(EntityTags.of("ab"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"abc\"",
                " \"abc\" ",
                "W/\"abc\"",
                "\"x\", \"abc\"",
                "\"abc\",\"x\"",
                "*",
                "\"abc-gzip\"",
                "W/\"abc-gzip\""
            })
    void callerThatHasTheContentInAnyFormGetsItNoMore(String ifNoneMatch) {
        assertThat(EntityTags.match(ifNoneMatch, TAG)).isTrue();
        assertThat(EntityTags.match(ifNoneMatch, EntityTags.gzipped(TAG))).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "abc", "\"ab\"", "\"abcd\"", "w/\"abc\"", "\"x\", \"y\"", "\"abc"})
    void callerThatHasOtherContentGetsIt(@Nullable String ifNoneMatch) {
        assertThat(EntityTags.match(ifNoneMatch, TAG)).isFalse();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"\"abc\"", " \"abc\" ", "\"x\",\"abc\"", "\"second\"", "*", " * ", "\"abc-gzip\""})
    void versionThatTheCallerKnowsMayBeChanged(@Nullable String ifMatch) {
        assertThatCode(() -> EntityTags.requireMatch(ifMatch, TAG, "\"second\""))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "W/\"abc\"", "\"abcd\"", "abc", "\"x\", \"y\""})
    void otherVersionMayNotBeChanged(String ifMatch) {
        assertThatThrownBy(() -> EntityTags.requireMatch(ifMatch, TAG, "\"second\""))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().type()).isEqualTo(ProblemType.PRECONDITION_FAILED));
    }
}
