package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
    private static final Set<String> KNOWN = Set.of("tag", "deep", "limit", "page", "search", "from", "to", "a");

    private static Query parse(@Nullable String query) {
        return Query.parse(query, KNOWN);
    }

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
                "tag=a%2Cb&search=c"
            })
    void everyWayToWriteAListIsUnderstood(String query) {
        assertThat(parse(query).list("tag")).containsExactly("a", "b");
    }

    @Test
    void absentListIsEmpty() {
        assertThat(parse(null).list("tag")).isEmpty();
        assertThat(parse("tag=").list("tag")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "1,true", "false,false", "0,false"})
    void booleansAreWordsOrDigits(String text, boolean value) {
        assertThat(parse("deep=" + text).flag("deep")).isEqualTo(value);
    }

    @Test
    void absentBooleanIsFalse() {
        assertThat(parse("").flag("deep")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deep", "deep=", "search=a&deep"})
    void booleanWithoutAValueIsTrue(String query) {
        assertThat(parse(query).flag("deep")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "serach=a, serach, search",
        "Limit=1, Limit, limit",
        "pages[]=1, pages, page",
        "page=1&tag=a&form=x, form, from",
    })
    void unknownParameterIsNamedWithTheNearestKnownOne(String query, String name, String nearest) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> parse(query))
                .satisfies(refusal -> assertThat(refusal.problem().members().get("issues"))
                        .isEqualTo(List.of(new Issue(
                                name, "is an unknown query parameter; the nearest known one is " + nearest + "."))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_0123456789012345678901234567890123456789=1", "a%0Ab=1", "=1", "%F0%9F%98%80=1"})
    void unknownParameterThatIsNoPlainNameIsNotRepeated(String query) {
        assertRefused("?", () -> parse(query));
    }

    @Test
    void parameterThatTheRouteDoesNotDeclareCannotBeAskedFor() {
        assertThatThrownBy(() -> parse("").text("other")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", "2", "-1", "%20true"})
    void otherBooleansAreRefused(String text) {
        assertRefused("deep", () -> parse("deep=" + text).flag("deep"));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "50,50", "100,100", "101,100", "999999999,100", "99999999999999999999999,100", "007,7"})
    void countsAreClampedFromAbove(String text, int count) {
        assertThat(parse("limit=" + text).count("limit", 50, 100)).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "1e3", "abc", "%2B5", "0x10", "1%20", "\u0661", "000000000000"})
    void otherCountsAreRefused(String text) {
        assertRefused("limit", () -> parse("limit=" + text).count("limit", 50, 100));
    }

    @Test
    void scalarGivenTwiceIsRefused() {
        assertRefused("search", () -> parse("search=a&search=b").text("search"));
        assertRefused("page", () -> parse("page=1&page=2").count("page", 1, 10));
    }

    @Test
    void textIsPercentDecoded() {
        assertThat(parse("search=a%20b+c%C3%A9").text("search")).isEqualTo("a b c\u00e9");
        assertThat(parse("search=").text("search")).isNull();
        assertRefused("b", () -> parse("a;b=1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%", "a=%2", "a=%zz", "%zz=1"})
    void brokenPercentEncodingIsRefused(String query) {
        assertRefused("query", () -> parse(query));
    }

    @Test
    void nulIsRefused() {
        assertRefused("search", () -> parse("search=a%00b"));
        assertRefused("search", () -> parse("search=%00"));
    }

    @Test
    void parameterWithoutAValueIsPresent() {
        assertThat(parse("search").has("search")).isTrue();
        assertThat(parse("search=&a=1").has("search")).isTrue();
        assertThat(parse("a=1").has("search")).isFalse();
    }

    @Test
    void textIsAsLongAsAllowedAndNotOneCharacterMore() {
        assertThat(parse("search=%F0%9F%98%80b").text("search", 2)).isEqualTo("😀b");
        assertThat(parse("a=1").text("search", 2)).isNull();
        assertRefused("search", () -> parse("search=abc").text("search", 2));
    }

    @Test
    void thousandsOfParametersAreBounded() {
        Query query = parse("a=1&".repeat(100_000));

        assertThat(query.list("a")).hasSizeLessThanOrEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-15T10:30:00.000Z", "2026-01-15T10:30:00Z", "2026-01-15T11:30:00%2B01:00"})
    void timesHaveAnOffset(String text) {
        assertThat(parse("from=" + text).time("from")).isEqualTo(Instant.parse("2026-01-15T10:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"})
    void timesHaveAYearOfFourDigits(String text) {
        assertThat(parse("from=" + text).time("from")).isEqualTo(Instant.parse(text));
        assertRefused("from", () -> parse("from=-0001-12-31T23:59:59Z").time("from"));
        assertRefused("from", () -> parse("from=%2B10000-01-01T00:00:00Z").time("from"));
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
        assertRefused("from", () -> parse("from=" + text).time("from"));
    }

    @Test
    void absentTimeIsNull() {
        assertThat(parse("to=").time("to")).isNull();
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
