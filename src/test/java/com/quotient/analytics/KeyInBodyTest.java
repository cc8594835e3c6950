package com.quotient.analytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyInBodyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"apiKey\":\"pk_1\",\"eventType\":\"a\"}",
                "{\"eventType\":\"a\",\"apiKey\":\"pk_1\"}",
                "{\"batch\":[{\"apiKey\":\"pk_2\"},[[]]],\"properties\":{\"apiKey\":\"pk_3\"},\"apiKey\":\"pk_1\"}",
                "{\"a\":1,\"a\":2,\"b\":\"\\u0000\",\"c\":1e999999,\"d\":{\"e\":1,\"e\":2},\"apiKey\":\"pk_1\"}"
            })
    void theKeyBesideTheEventsIsFoundWhereverItStandsAndWhateverIsWrongWithThem(String body) {
        assertThat(AnalyticsApi.keyInBody(body.getBytes(UTF_8))).isEqualTo("pk_1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "1",
                "",
                "[{\"apiKey\":\"pk_1\"}]",
                "{\"apiKey\":1}",
                "{\"apiKey\":null}",
                "{\"apiKey\":[\"pk_1\"]}",
                "{\"batch\":[{\"apiKey\":\"pk_1\"}]}",
                "{\"x\":\"apiKey\"}"
            })
    void nothingElseIsAKey(String body) {
        assertThat(AnalyticsApi.keyInBody(body.getBytes(UTF_8))).isNull();
    }

    @Test
    void whatIsNoJsonIsAProblemOfTheCaller() {
        assertThatThrownBy(() -> AnalyticsApi.keyInBody("{\"eventType\":".getBytes(UTF_8)))
                .isInstanceOf(ProblemException.class);
    }
}
