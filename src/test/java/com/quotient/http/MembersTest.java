package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.json.StrictJson;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MembersTest {
    @Test
    void absentMembersAndNullsAreNoFaults() {
        for (String json : List.of("{}", "{\"a\":null}")) {
            Members members = of(json);
            assertThat(members.text("a", 1)).isNull();
            assertThat(members.integer("a", 0, 1)).isNull();
            assertThat(members.number("a", BigDecimal.ONE)).isNull();
            assertThat(members.flag("a")).isNull();
            assertThat(members.oneOf("a", KeyTier.class)).isNull();
            assertThat(members.time("a")).isNull();
            assertThat(members.texts("a", 1, 1)).isNull();
            assertThat(members.object("a")).isNull();
            assertThat(members.objects("a", 1, 1)).isNull();
            assertThat(members.issues()).isEmpty();
            assertThatCode(members::check).doesNotThrowAnyException();
        }
        assertThat(of("{\"a\":null}").has("a")).isTrue();
        assertThat(of("{\"a\":null}").isNull("a")).isTrue();
        assertThat(of("{\"a\":1}").isNull("a")).isFalse();
        assertThat(of("{}").has("a")).isFalse();
        assertThat(of("{}").isNull("a")).isFalse();
    }

    @Test
    void textIsAsLongAsAllowedAndNotOneCharacterMore() {
        Members members = of("{\"a\":\"😀b\"}");

        assertThat(members.text("a", 2)).isEqualTo("😀b");
        assertThat(members.issues()).isEmpty();
        members.text("a", 1);
        assertThat(members.issues()).containsExactly(new Issue("a", "must have at most 1 characters."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|is required and must be a string that is not blank.",
                "{\"a\":null}|is required and must be a string that is not blank.",
                "{\"a\":\" \"}|is required and must be a string that is not blank.",
                "{\"a\":1}|must be a string."
            })
    void requiredTextHasOneFaultAtMost(String json, String fault) {
        Members members = of(json);

        assertThat(members.requiredText("a", 9)).isEmpty();
        assertThat(members.issues()).containsExactly(new Issue("a", fault));
        assertThat(of("{\"a\":\"b\"}").requiredText("a", 9)).isEqualTo("b");
    }

    @Test
    void eachRequiredTextThatIsMissingIsNamed() {
        Members members = of("{\"c\":1}");

        assertThat(members.text("c", 9)).isNull();
        members.requiredText("a", 9);
        members.requiredText("b", 9);
        assertThat(members.issues()).extracting(Issue::path).containsExactly("c", "a", "b");
    }

    @ParameterizedTest
    @CsvSource({"-1,-1", "0,0", "0.0,0", "10,10", "1e1,10", "10.0,10"})
    void wholeNumbersWithinTheBoundsAreTakenHoweverTheyAreWritten(String written, long number) {
        Members members = of("{\"a\":" + written + "}");

        assertThat(members.integer("a", -1, 10)).isEqualTo(number);
        assertThat(members.issues()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-2", "11", "0.5", "1e30", "\"1\"", "true", "[]"})
    void otherNumbersAreFaults(String written) {
        Members members = of("{\"a\":" + written + "}");

        assertThat(members.integer("a", -1, 10)).isNull();
        assertThat(members.issues()).containsExactly(new Issue("a", "must be a whole number from -1 to 10."));
    }

    @Test
    void numberHasALeastValue() {
        assertThat(of("{\"a\":0.5}").number("a", new BigDecimal("0.5"))).isEqualByComparingTo("0.5");
        for (String written : List.of("0.49", "\"1\"")) {
            Members members = of("{\"a\":" + written + "}");
            assertThat(members.number("a", new BigDecimal("0.5"))).isNull();
            assertThat(members.issues()).containsExactly(new Issue("a", "must be a number of at least 0.5."));
        }
    }

    @Test
    void flagIsTrueOrFalse() {
        assertThat(of("{\"a\":true}").flag("a")).isTrue();
        assertThat(of("{\"a\":false}").flag("a")).isFalse();
        Members members = of("{\"a\":\"true\"}");
        assertThat(members.flag("a")).isNull();
        assertThat(members.issues()).containsExactly(new Issue("a", "must be true or false."));
    }

    @Test
    void nameIsOneOfThoseOfTheEnum() {
        assertThat(of("{\"a\":\"SECRET\"}").oneOf("a", KeyTier.class)).isEqualTo(KeyTier.SECRET);
        for (String written : List.of("\"secret\"", "1")) {
            Members members = of("{\"a\":" + written + "}");
            assertThat(members.oneOf("a", KeyTier.class)).isNull();
            assertThat(members.issues()).containsExactly(new Issue("a", "must be one of PUBLIC, SECRET."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00Z", "2026-01-15T10:30:00.123Z", "9999-12-31T23:59:59.999Z"})
    void timeHasAnOffsetAndAYearOfFourDigits(String written) {
        assertThat(of("{\"a\":\"" + written + "\"}").time("a")).isEqualTo(Instant.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"-0001-12-31T23:59:59Z\"",
                "\"+10000-01-01T00:00:00Z\"",
                "\"2026-01-15\"",
                "\"2026-01-15T10:30:00\"",
                "\"\"",
                "1768473000"
            })
    void otherTimesAreFaults(String written) {
        Members members = of("{\"a\":" + written + "}");

        assertThat(members.time("a")).isNull();
        assertThat(members.issues())
                .containsExactly(new Issue("a", "must be a time such as 2026-01-15T10:30:00.000Z."));
    }

    @Test
    void arrayHasAsManyItemsAsAllowedAndNotOneMore() {
        Members members = of("{\"a\":[\"b\",\"c\"],\"d\":\"b\",\"e\":[{},{}]}");

        assertThat(members.texts("a", 2, 1)).containsExactly("b", "c");
        assertThat(members.objects("e", 2, 2)).hasSize(2);
        assertThat(members.issues()).isEmpty();
        assertThat(members.texts("a", 1, 1)).isNull();
        assertThat(members.texts("d", 1, 1)).isNull();
        assertThat(members.objects("e", 3, 4)).isNull();
        assertThat(members.issues())
                .containsExactly(
                        new Issue("a", "must be an array of 0 to 1 items."),
                        new Issue("d", "must be an array of 0 to 1 items."),
                        new Issue("e", "must be an array of 3 to 4 items."));
    }

    @Test
    void everyFaultIsNamedByItsPathAndAllAreToldAtOnce() {
        Members members = of("{\"a\":[\"b\",1,\"toolong\"],\"c\":{\"d\":1},\"e\":[{\"f\":{\"g\":1}},2],\"h\":1}");

        members.texts("a", 9, 3);
        Members inner = members.object("c");
        assertThat(inner).isNotNull();
        inner.text("d", 9);
        List<Members> objects = members.objects("e", 0, 9);
        assertThat(objects).hasSize(1);
        Members deep = objects.get(0).object("f");
        assertThat(deep).isNotNull();
        deep.text("g", 9);
        assertThat(members.object("h")).isNull();
        members.require("h");
        members.require("i");

        List<Issue> all = List.of(
                new Issue("a[1]", "must be a string."),
                new Issue("a[2]", "must have at most 3 characters."),
                new Issue("c.d", "must be a string."),
                new Issue("e[1]", "must be an object."),
                new Issue("e[0].f.g", "must be a string."),
                new Issue("h", "must be an object."),
                new Issue("i", "is required."));
        assertThat(members.issues()).isEqualTo(all);
        assertThat(inner.issues()).isEqualTo(all);
        assertThatThrownBy(members::check).isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                        refused.problem().members())
                .containsEntry("issues", all));
    }

    private static Members of(String json) {
        ObjectNode object = StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
        return new Members(object);
    }
}
