package com.quotient.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.json.InvalidJson.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"a\":[{},[],{\"b\":[1,2]},null],\"c\":{\"d\":true,\"e\":false}}",
                "[\"{\",\"[\",\":\",\",\",\"\",1]",
                "{\"{\":\"[\",\":\":\":\"}",
                "-0",
                "123456789012345678901234567890.10",
                "\"é😀\u2028\"",
            })
    void compactTextIsCopiedAsItIs(String text) {
        assertThat(copy(text)).isEqualTo(text);
    }

    @Test
    void whiteSpaceIsLeftOut() {
        assertThat(copy(" { \"a\" : [ 1 , \"b c\" , { } ] , \"d\" : null } "))
                .isEqualTo("{\"a\":[1,\"b c\",{}],\"d\":null}");
    }

    @Test
    void everyCharacterSurvivesQuoting() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x3000; c++) {
            all.append((char) c);
        }
        String written = new JsonText().string(all.append("😀").toString()).toString();

        assertThat(new ObjectMapper().readTree(written).textValue()).isEqualTo(all.toString());
        String withoutNull = new JsonText().string(all.substring(1)).toString();
        assertThat(copy(withoutNull)).isEqualTo(withoutNull);
    }

    @Test
    void membersAreSeparated() {
        JsonText text = new JsonText().startObject();
        text.name("a\"").string("\n");
        text.name("b").startObject().endObject();
        text.name("c").raw("[1]");

        assertThat(text.endObject()).hasToString("{\"a\\\"\":\"\\n\",\"b\":{},\"c\":[1]}");
    }

    @Test
    void itemsAreSeparated() {
        JsonText text = new JsonText().startArray().string("a").string("b");
        text.startObject().endObject().startArray().endArray().raw("1").jsonb("[2, 3]");

        assertThat(text.endArray()).hasToString("[\"a\",\"b\",{},[],1,[2,3]]");
    }

    @Test
    void storedJsonLosesTheSpacesBetweenItsTokensOnly() {
        String stored = "{\"a b\": [1, -2.50, true, null, \" , \"], \"c \\\\\": \"d: \\\" , 1\", \"e\": {}}";

        assertThat(new JsonText().jsonb(stored))
                .hasToString("{\"a b\":[1,-2.50,true,null,\" , \"],\"c \\\\\":\"d: \\\" , 1\",\"e\":{}}");
        assertThat(new JsonText().jsonb("\" \"")).hasToString("\" \"");
    }

    @Test
    void longStoredNumbersAreWrittenWithAnExponentWhereverTheyStand() {
        String long1 = "1" + "0".repeat(30);
        String long9 = "-9" + "0".repeat(30);

        assertThat(new JsonText().jsonb(long1)).hasToString("1e30");
        assertThat(new JsonText().jsonb("[" + long1 + ", " + long9 + "]")).hasToString("[1e30,-9e30]");
        assertThat(new JsonText().jsonb("{\"a\": " + long9 + "}")).hasToString("{\"a\":-9e30}");
        assertThat(new JsonText().jsonb(long9.substring(1))).hasToString("9e30");
        assertThat(new JsonText().jsonb("[0.00000012345678901234]")).hasToString("[1.2345678901234e-7]");
    }

    @Test
    void textIsAsLongAsAllowedAndNotOneCharacterMore() {
        assertThat(copy("[\"abc\"]", 7)).isEqualTo("[\"abc\"]");
        assertThatThrownBy(() -> copy("[\"abc\"]", 6))
                .isInstanceOfSatisfying(
                        InvalidJson.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_LONG));
    }

    @Test
    void digitsThatTheServerAddsToNumbersDoNotCountAsLength() {
        String sent = "[1e20,5e-1,1.50E+3,1e20]";

        assertThat(copy(sent, 24)).isEqualTo("[100000000000000000000,0.5,1500,100000000000000000000]");
        try (StrictParser parser = StrictJson.parser(sent.getBytes(UTF_8))) {
            parser.nextToken();
            assertThat(new JsonText().copy(parser, 1, 1000).growth()).isEqualTo(34);
        }
    }

    @Test
    void copyEndsAtTheValuesLastToken() {
        try (StrictParser parser = StrictJson.parser("[{\"a\":1},2]".getBytes(UTF_8))) {
            parser.nextToken();
            parser.nextToken();
            assertThat(new JsonText().copy(parser, 2, 1000)).hasToString("{\"a\":1}");
            parser.nextToken();
            assertThat(new JsonText().copy(parser, 1, 1000)).hasToString("2");
        }
    }

    @Test
    void valueThatNestsTooDeepIsRefused() {
        assertThatThrownBy(() -> copy("[".repeat(101) + "]".repeat(101)))
                .isInstanceOfSatisfying(
                        InvalidJson.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_DEEP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"a\":1,\"a\":2}]", "[\"\\u0000\"]", "[\"\\ud800\"]", "[1e400]", "[1,]", "[\"\\q\"]"})
    void faultsInsideOfAValueAreFoundWhileCopying(String text) {
        assertThatThrownBy(() -> copy(text)).isInstanceOf(InvalidJson.class);
    }

    private static String copy(String text) {
        return copy(text, 100_000);
    }

    private static String copy(String text, int maxLength) {
        try (StrictParser parser = StrictJson.parser(text.getBytes(UTF_8))) {
            parser.nextToken();
            String copy = new JsonText().copy(parser, 100, maxLength).toString();
            parser.end();
            return copy;
        }
    }
}
