package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tag=a&tag=b",
                "tag=a,b",
                "tag[]=a&tag[]=b",
                "tag[0]=a&tag[1]=b",
                "tag%5B%5D=a&tag%5B%5D=b",
                "tag=a&tag[]=b",
                "tag=%20a%20,,b",
                "tag=a%2Cb&other=c"
            })
    void everyWayToWriteAListIsUnderstood(String query) {
        assertThat(Query.parse(query).list("tag")).containsExactly("a", "b");
    }

    @Test
    void absentListIsEmpty() {
        assertThat(Query.parse(null).list("tag")).isEmpty();
        assertThat(Query.parse("tag=").list("tag")).isEmpty();
        assertThat(Query.parse("xtag=a").list("tag")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "1,true", "false,false", "0,false"})
    void booleansAreWordsOrDigits(String text, boolean value) {
        assertThat(Query.parse("deep=" + text).flag("deep", !value)).isEqualTo(value);
    }

    @Test
    void absentBooleanIsTheDefault() {
        assertThat(Query.parse("").flag("deep", true)).isTrue();
        assertThat(Query.parse("deep=").flag("deep", false)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", "2", "-1", "%20true"})
    void otherBooleansAreRefused(String text) {
        assertRefused("deep", () -> Query.parse("deep=" + text).flag("deep", false));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "50,50", "100,100", "101,100", "999999999,100", "99999999999999999999999,100", "007,7"})
    void countsAreClampedFromAbove(String text, int count) {
        assertThat(Query.parse("limit=" + text).count("limit", 50, 100)).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "1e3", "abc", "%2B5", "0x10", "1%20", "\u0661", "000000000000"})
    void otherCountsAreRefused(String text) {
        assertRefused("limit", () -> Query.parse("limit=" + text).count("limit", 50, 100));
    }

    @Test
    void scalarGivenTwiceIsRefused() {
        assertRefused("search", () -> Query.parse("search=a&search=b").text("search"));
        assertRefused("page", () -> Query.parse("page=1&page=2").count("page", 1, 10));
    }

    @Test
    void textIsPercentDecoded() {
        assertThat(Query.parse("search=a%20b+c%C3%A9").text("search")).isEqualTo("a b c\u00e9");
        assertThat(Query.parse("search=").text("search")).isNull();
        assertThat(Query.parse("a;b=1").text("a")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%", "a=%2", "a=%zz", "%zz=1"})
    void brokenPercentEncodingIsRefused(String query) {
        assertRefused("query", () -> Query.parse(query));
    }

    @Test
    void nulIsRefused() {
        assertRefused("search", () -> Query.parse("search=a%00b"));
    }

    @Test
    void thousandsOfParametersAreBounded() {
        Query query = Query.parse("a=1&".repeat(100_000));

        assertThat(query.list("a")).hasSizeLessThanOrEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-15T10:30:00.000Z", "2026-01-15T10:30:00Z", "2026-01-15T11:30:00%2B01:00"})
    void timesHaveAnOffset(String text) {
        assertThat(Query.parse("from=" + text).time("from")).isEqualTo(Instant.parse("2026-01-15T10:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-15",
                "2026-01-15T10:30:00",
                "yesterday",
                "1768473000",
                "2026-02-30T00:00:00Z",
                "%2B999999999-01-01T00:00:00Z",
                "-999999999-01-01T00:00:00Z"
            })
    void otherTimesAreRefused(String text) {
        assertRefused("from", () -> Query.parse("from=" + text).time("from"));
    }

    @Test
    void absentTimeIsNull() {
        assertThat(Query.parse("to=").time("to")).isNull();
    }

    private static void assertRefused(String parameter, ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(ProblemException.class);
        assertThatExceptionOfType(ProblemException.class).isThrownBy(reading).satisfies(refusal -> {
            assertThat(refusal.problem().type()).isEqualTo(ProblemType.INVALID_REQUEST);
            assertThat(refusal.problem().members().get("issues"))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Issue.class))
                    .extracting(Issue::path)
                    .isEqualTo(List.of(parameter));
        });
    }
}
