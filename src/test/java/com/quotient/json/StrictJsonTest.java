package com.quotient.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.json.InvalidJson.Fault;
import java.nio.charset.Charset;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @Test
    void plainObjectIsRead() {
        ObjectNode object = object(" {\"a\": [1, true, null, {\"b\": \"é\\n😀\\ud83d\\ude00\"}], \"\": -0.5}\r\n\t");

        assertThat(object.at("/a/3/b").textValue()).isEqualTo("é\n😀😀");
        assertThat(object.at("/a/0").intValue()).isEqualTo(1);
        assertThat(object.get("").decimalValue()).isEqualTo("-0.5");
    }

    @Test
    void digitsOfNumbersAreKept() {
        String integer = "1234567890".repeat(6);
        String decimal = "0." + "1234567890".repeat(6) + "00";

        ObjectNode object = object("{\"i\": " + integer + ", \"d\": " + decimal + ", \"e\": 1.10e2}");

        assertThat(object.get("i").bigIntegerValue()).isEqualTo(integer);
        assertThat(object.get("d").decimalValue().toPlainString()).isEqualTo(decimal);
        assertThat(object.get("e").decimalValue()).isEqualByComparingTo("110");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1]", "\"a\"", "1", "null",
            })
    void valueThatIsNoObjectIsRefused(String text) {
        assertThat(refusal(text)).hasMessage("The JSON text must be an object, between { and }.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \r\n\t "})
    void emptyBodyIsRefused(String text) {
        assertThat(refusal(text)).hasMessage("The body is empty: send a JSON object.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1}",
                "{a:1}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":0x1}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{/* */}",
                "{} // x",
                "# x\n{}",
                "{\"a\":True}",
                "{\"a\":nulll}",
                "{\"a\":\"\t\"}",
                "{\"a\tb\":1}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\'\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":]}",
                "{\u00a0}",
                "{\f}",
                "}",
                "{\"a\":1}}",
                "{\"a\":1,",
                "{\"a\":tru",
                "{\"a\":1\u00e9}",
            })
    void textOutsideOfTheGrammarIsRefused(String text) {
        assertThat(refusal(text).fault()).isEqualTo(Fault.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"x", "{\"a\":[1", "{\"a\":\"\\u00"})
    void truncatedTextIsRefused(String text) {
        InvalidJson refusal = refusal(text);

        assertThat(refusal.fault()).isEqualTo(Fault.UNREADABLE);
        assertThat(refusal).hasMessage("The JSON text ends before it is complete.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}{}", "{} 1", "{}]", "{} \"a\"", "{}\n{\"a\":1}", "{},"})
    void trailingContentIsRefused(String text) {
        assertThat(refusal(text).fault()).isEqualTo(Fault.UNREADABLE);
    }

    @Test
    void messageOfASyntaxFaultTellsThePlaceAndNothingOfTheInput() {
        assertThat(refusal("{\n \"a\": secret}"))
                .hasMessageMatching("The JSON text is not valid at line 2, column \\d+\\.")
                .hasNoCause();
    }

    @Test
    void malformedUtf8IsRefused() {
        assertThat(refusal(bytes("{\"a\":\"", 0xff, "\"}"))).hasMessage("The JSON text is not valid UTF-8 at byte 6.");
        assertThat(refusal(bytes(0xff, "{}"))).hasMessage("The JSON text is not valid UTF-8 at byte 0.");
        assertThat(refusal(bytes("{\"a\":\"", 0xc3, "\"}")).fault()).isEqualTo(Fault.UNREADABLE);
        assertThat(refusal(bytes("{\"a\":\"", 0x80, "\"}")).fault()).isEqualTo(Fault.UNREADABLE);
    }

    @Test
    void overlongFormsAndEncodedSurrogatesAreRefused() {
        assertThat(refusal(bytes("{\"a\":\"", 0xc0, 0x80, "\"}"))).hasMessageContaining("UTF-8");
        assertThat(refusal(bytes("{\"a\":\"", 0xc1, 0x81, "\"}"))).hasMessageContaining("UTF-8");
        assertThat(refusal(bytes("{\"a\":\"", 0xe0, 0x81, 0x81, "\"}"))).hasMessageContaining("UTF-8");
        assertThat(refusal(bytes("{\"a\":\"", 0xed, 0xa0, 0x80, "\"}"))).hasMessageContaining("UTF-8");
        assertThat(refusal(bytes("{\"a\":\"", 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, "\"}")))
                .hasMessageContaining("UTF-8");
        assertThat(refusal(bytes("{\"a\":\"", 0xf4, 0x90, 0x80, 0x80, "\"}"))).hasMessageContaining("UTF-8");
    }

    @Test
    void replacementCharacterThatWasSentIsAccepted() {
        assertThat(object("{\"a\":\"\uFFFD\"}").get("a").textValue()).isEqualTo("\uFFFD");
    }

    @Test
    void byteOrderMarkIsRefused() {
        assertThat(refusal("\uFEFF{}")).hasMessage("The JSON text starts with a byte order mark: send it without one.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE"})
    void otherEncodingsAreNotGuessed(String charset) {
        assertThat(refusal("{\"a\":1}".getBytes(Charset.forName(charset))).fault())
                .isEqualTo(Fault.UNREADABLE);
    }

    @Test
    void thousandLevelsAreReadAndOneMoreIsRefused() {
        assertThat(object(nested(1000)).get("a").isArray()).isTrue();
        assertThat(refusal(nested(1001)))
                .hasMessage("The JSON text nests deeper than 1000 levels.")
                .extracting(InvalidJson::fault)
                .isEqualTo(Fault.UNREADABLE);
    }

    @Test
    void hundredThousandLevelsAreRefusedWithoutOverflowingTheStack() {
        assertThat(refusal(nested(100_000)).fault()).isEqualTo(Fault.UNREADABLE);
        assertThat(refusal("{\"a\":".repeat(100_000)).fault()).isEqualTo(Fault.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}",
                "{\"😀\":1,\"\\ud83d\\ude00\":2}",
            })
    void duplicateMemberIsRefused(String text) {
        assertThat(refusal(text).fault()).isEqualTo(Fault.DUPLICATE_MEMBER);
    }

    @Test
    void duplicateAmongManyMembersIsRefused() {
        String many = IntStream.range(0, 1000).mapToObj(i -> "\"m" + i + "\":1").collect(Collectors.joining(","));

        assertThat(object("{" + many + "}")).hasSize(1000);
        InvalidJson refusal = refusal("{" + many + ",\"m500\":1}");
        assertThat(refusal.fault()).isEqualTo(Fault.DUPLICATE_MEMBER);
        assertThat(refusal.path()).isEqualTo("m500");
    }

    @Test
    void sameNameInDifferentObjectsIsAccepted() {
        assertThat(object("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400000",
                "-1e400000",
                "1e-400000",
                "1e400",
                "5e-324",
                "1e64",
                "-1e-64",
                "12.5e63",
                "0e64",
                "1.0e-63",
                "1e99999999999",
                "1e-99999999999",
                "0e99999",
                "0e-99999",
                "0.0e99999999999",
            })
    void numberOfMoreThan64PlainDigitsIsRefused(String number) {
        InvalidJson refusal = refusal("{\"a\":[" + number + "]}");

        assertThat(refusal.fault()).isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
        assertThat(refusal.path()).isEqualTo("a[0]");
    }

    @Test
    void digitsAreCountedOnBothSidesOfThePoint() {
        assertThat(object("{\"a\":-" + "9".repeat(64) + "}")).hasSize(1);
        assertThat(object("{\"a\":" + "9".repeat(32) + "." + "9".repeat(32) + "}"))
                .hasSize(1);
        assertThat(refusal("{\"a\":" + "9".repeat(65) + "}").fault()).isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
        assertThat(refusal("{\"a\":0." + "0".repeat(63) + "1}").fault()).isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
        assertThat(refusal("{\"a\":" + "9".repeat(32) + "." + "9".repeat(33) + "}")
                        .fault())
                .isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "0.0",
                "0e0",
                "-0E+5",
                "1.7976931348623157e63",
                "1e63",
                "-5e-63",
                "6400e-2",
                "1e000000000000005",
                "1E-5"
            })
    void numberOfUpTo64PlainDigitsIsAccepted(String number) {
        assertThat(object("{\"a\":" + number + "}").get("a").isNumber()).isTrue();
    }

    @Test
    void numberOfMoreThanThousandCharactersIsRefusedHoweverShortItsPlainForm() {
        assertThat(object("{\"a\":1e" + "0".repeat(998) + "}")).hasSize(1);
        assertThat(refusal("{\"a\":1e" + "0".repeat(999) + "}").fault()).isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
        assertThat(refusal("{\"a\":" + "1".repeat(100_000) + "}").fault()).isEqualTo(Fault.NUMBER_OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u0000",
                "x\\u0000y",
                "\\ud800",
                "\\udc00",
                "\\ude00\\ud83d",
                "\\ud83dx",
                "\\ud83d\\ud83d\\ude00",
                "\\ud83d"
            })
    void textThatPostgresCannotStoreIsRefused(String text) {
        InvalidJson inValue = refusal("{\"people\":[{},{\"name\":\"" + text + "\"}]}");
        assertThat(inValue.fault()).isEqualTo(Fault.INVALID_CHARACTER);
        assertThat(inValue.path()).isEqualTo("people[1].name");
        assertThat(inValue).hasMessageStartingWith("The member people[1].name holds ");

        InvalidJson inName = refusal("{\"a\":{\"" + text + "\":1}}");
        assertThat(inName.fault()).isEqualTo(Fault.INVALID_CHARACTER);
        assertThat(inName.path()).isEqualTo("a.?");
    }

    /** The parser decodes each string into the memory of the one before. */
    @Test
    void halfOfAPairIsNotCompletedByAnEarlierString() {
        InvalidJson refusal = refusal("{\"a\":[\"x\\ud83d\\ude00\",\"x\\ud83d\"]}");

        assertThat(refusal.fault()).isEqualTo(Fault.INVALID_CHARACTER);
        assertThat(refusal.path()).isEqualTo("a[1]");
    }

    @Test
    void escapedBackslashIsNotTakenForAnEscape() {
        assertThat(object("{\"a\":\"\\\\u0000\",\"b\":\"\\u0001\"}").get("a").textValue())
                .isEqualTo("\\u0000");
    }

    @Test
    void pathShowsPlainNamesOnlyAndNotWithoutEnd() {
        String deep = "{\"n\":".repeat(50) + "1e999" + "}".repeat(50);

        assertThat(refusal(deep).path()).isEqualTo("n.n.n.n.n.n.n.n.n.n.…");
        assertThat(refusal("{\"n\":".repeat(10) + "1e999" + "}".repeat(10)).path())
                .isEqualTo("n.n.n.n.n.n.n.n.n.n");
        assertThat(refusal("{\"" + "x".repeat(64) + "\":1e999}").path()).isEqualTo("x".repeat(64));
        assertThat(refusal("{\"<b>\":{\"" + "x".repeat(65) + "\":{\"a b\":{\"ok\":1e999}}}}")
                        .path())
                .isEqualTo("?.?.?.ok");
    }

    @Test
    void longNamesAndStringsAreRead() {
        String name = "n".repeat(100_000);

        assertThat(object("{\"" + name + "\":\"" + name + "\"}").get(name).textValue())
                .isEqualTo(name);
    }

    @Test
    void rubbishIsNeverAnsweredWithAnythingElseThanInvalidJson() {
        Random random = new Random(7);
        byte[] seed = "{\"a\":[1,-2.5e3,true,null,{\"b\":\"x\\u00e9\\ud83d\\ude00é😀\"}],\"c\":{}}".getBytes(UTF_8);
        int refused = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] body = seed.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                StrictJson.object(body);
            } catch (InvalidJson e) {
                assertThat(e.getMessage()).matches("The .*\\.");
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 50_000);
    }

    @Test
    void readingGoesOnAfterAFaultThatConcernsOneValue() {
        try (StrictParser parser = StrictJson.parser("[[1,{\"a\":[1e999,{}]},2],3]".getBytes(UTF_8))) {
            parser.nextToken();
            assertThatThrownBy(() -> {
                        while (parser.nextToken() != null) {}
                    })
                    .isInstanceOf(InvalidJson.class);
            parser.skipTo(1);

            parser.nextToken();
            assertThat(parser.getText()).isEqualTo("3");
        }
    }

    @Test
    void skippingEndsAtTheMaximumOfTokensAndGoesOnFromThere() {
        try (StrictParser parser = StrictJson.parser("[[1,2,3],4]".getBytes(UTF_8))) {
            parser.nextToken();
            parser.nextToken();
            assertThat(parser.bytesRead()).isEqualTo(2);

            assertThat(parser.skipTo(1, 3)).isFalse();
            assertThat(parser.getText()).isEqualTo("3");
            assertThat(parser.skipTo(1, 1)).isTrue();
            assertThat(parser.bytesRead()).isEqualTo(8);
            assertThat(parser.skipTo(1, 1)).as("nothing is left to skip").isTrue();
            assertThat(parser.bytesRead()).isEqualTo(8);
            parser.nextToken();
            assertThat(parser.getText()).isEqualTo("4");
        }
    }

    /** What is inherited from Jackson reads on by the same rules. */
    @Test
    void everyWayToReadOnRefusesTheSame() {
        try (StrictParser parser = StrictJson.parser("{\"a\":[{\"b\":1,\"b\":2}]}".getBytes(UTF_8))) {
            assertThat(parser.nextValue()).isEqualTo(JsonToken.START_OBJECT);
            assertThat(parser.nextValue()).isEqualTo(JsonToken.START_ARRAY);
            assertThatThrownBy(parser::skipChildren).isInstanceOf(InvalidJson.class);
        }
        StrictParser closed;
        try (StrictParser parser = StrictJson.parser("[{\"a\":{}},\"\\ud800\"]".getBytes(UTF_8))) {
            closed = parser;
            parser.nextValue();
            parser.nextValue();
            assertThat(parser.skipChildren()).isSameAs(parser);
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
            assertThatThrownBy(parser::nextValue).isInstanceOf(InvalidJson.class);
        }
        assertThat(closed.isClosed()).isTrue();
    }

    @Test
    void valuesOfATreeAreCounted() {
        String allowed = "[],{},1,null,".repeat((StrictJson.MAX_TREE_VALUES - 4) / 4) + "[],1";

        assertThat(object("{\"a\":[" + allowed + "]}").path("a")).hasSize(StrictJson.MAX_TREE_VALUES - 2);
        assertThat(refusal("{\"a\":[" + allowed + ",true]}")).hasMessage("The JSON text has more than 100000 values.");
    }

    private static String nested(int levels) {
        return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    private static ObjectNode object(String text) {
        return StrictJson.object(text.getBytes(UTF_8));
    }

    private static InvalidJson refusal(String text) {
        return refusal(text.getBytes(UTF_8));
    }

    private static InvalidJson refusal(byte[] body) {
        return catchThrowableOfType(InvalidJson.class, () -> StrictJson.object(body));
    }

    /** Joins ASCII text and single bytes. */
    private static byte[] bytes(Object... parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            text.append(part instanceof Integer b ? String.valueOf((char) b.intValue()) : part);
        }
        return text.toString().getBytes(ISO_8859_1);
    }
}
