package com.quotient.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodePointsTest {
    @Test
    void emojiCountsAsOne() {
        assertThat(CodePoints.exceed("😀😀", 2)).isFalse();
        assertThat(CodePoints.exceed("😀😀😀", 2)).isTrue();
    }

    @Test
    void textIsAsLongAsAllowedAndNotOneCharacterMore() {
        assertThat(CodePoints.exceed("ab", 2)).isFalse();
        assertThat(CodePoints.exceed("abc", 2)).isTrue();
        assertThat(CodePoints.exceed("", 0)).isFalse();
    }
}
