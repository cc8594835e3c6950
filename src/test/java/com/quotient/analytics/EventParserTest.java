package com.quotient.analytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.analytics.Rejection.Code;
import com.quotient.json.InvalidJson;
import com.quotient.json.InvalidJson.Fault;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final EventParser parser = new EventParser(EventLimits.DEFAULTS);

    @Nested
    class Forms {

        @Test
        void oneEventIsRead() {
            EventBatch batch = parse("{\"eventType\":\"pageView\",\"plan\":\"pro\"}");

            assertThat(batch.single()).isTrue();
            assertThat(batch.rejections()).isEmpty();
            assertThat(batch.sentAt()).isNull();
            assertThat(batch.events())
                    .containsExactly(new Event(
                            "pageView", null, null, null, null, null, null, null, "{}", "{\"plan\":\"pro\"}"));
        }

        @Test
        void arrayOfEventsIsRead() {
            EventBatch batch = parse("[{\"eventType\":\"a\"},{\"eventType\":\"b\"}]");

            assertThat(batch.single()).isFalse();
            assertThat(batch.events()).extracting(Event::eventType).containsExactly("a", "b");
        }

        @Test
        void arrayOfOneEventIsAnsweredAsSeveral() {
            assertThat(parse("[{\"eventType\":\"a\"}]").single()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"batch\":[{\"eventType\":\"a\"},{\"eventType\":\"b\"}],\"sentAt\":1}",
                    "{\"sentAt\":1,\"batch\":[{\"eventType\":\"a\"},{\"eventType\":\"b\"}]}",
                    "{\"sdk\":{\"v\":[1]},\"batch\":[{\"eventType\":\"a\"},{\"eventType\":\"b\"}],\"x\":[{}],\"sentAt\":1}",
                })
        void batchIsReadWhereverItStands(String body) {
            EventBatch batch = parse(body);

            assertThat(batch.single()).isFalse();
            assertThat(batch.events()).extracting(Event::eventType).containsExactly("a", "b");
            assertThat(batch.events()).extracting(Event::properties).containsOnly("{}");
            assertThat(batch.sentAt()).isEqualTo(Instant.ofEpochSecond(1));
        }

        @Test
        void batchThatIsNoArrayIsAProperty() {
            EventBatch batch = parse("{\"eventType\":\"brew\",\"batch\":\"2026-7\"}");

            assertThat(batch.single()).isTrue();
            assertThat(batch.events().get(0).properties()).isEqualTo("{\"batch\":\"2026-7\"}");
        }

        @Test
        void sentAtOfOneEventIsNoProperty() {
            EventBatch batch = parse("{\"eventType\":\"a\",\"sentAt\":\"2026-01-15T10:30:00Z\"}");

            assertThat(batch.sentAt()).isEqualTo("2026-01-15T10:30:00Z");
            assertThat(batch.events().get(0).properties()).isEqualTo("{}");
        }

        @Test
        void sentAtThatIsNullIsAbsent() {
            assertThat(parse("{\"batch\":[{\"eventType\":\"a\"}],\"sentAt\":null}")
                            .sentAt())
                    .isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"yesterday\"", "true", "{}", "1e60", "\"\""})
        void unreadableSentAtRefusesAll(String sentAt) {
            assertThat(invalid("{\"batch\":[{\"eventType\":\"a\"}],\"sentAt\":" + sentAt + "}")
                            .path())
                    .isEqualTo("sentAt");
            assertThat(invalid("{\"eventType\":\"a\",\"sentAt\":" + sentAt + "}")
                            .path())
                    .isEqualTo("sentAt");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "null", "1", "\"event\"", "true"})
        void bodyOfNoFormIsRefused(String body) {
            assertThat(invalid(body).path()).isEmpty();
        }

        @Test
        void noEventIsRefused() {
            assertThat(invalid("[]")).hasMessage("There is no event: send at least one.");
            assertThat(invalid("{\"batch\":[]}").path()).isEqualTo("batch");
        }

        @Test
        void atMostFiveHundredEventsAreRead() {
            String events = Collections.nCopies(499, "{\"eventType\":\"a\"}").stream()
                    .collect(Collectors.joining(",", ",", ""));

            assertThat(parse("[{\"eventType\":\"a\"}" + events + "]").events()).hasSize(500);
            assertThat(parse("[1" + events + "]").rejections()).hasSize(1);
            assertThat(invalid("[1,{\"eventType\":\"a\"}" + events + "]").path())
                    .isEmpty();
            assertThat(invalid("{\"batch\":[1,2" + events + "]}").path()).isEqualTo("batch");
            assertThat(invalid("[1e999,1e999" + events + "]").path()).isEmpty();
        }
    }

    @Nested
    class LostEventsOfTheSender {
        @Test
        void countsBehindABatchAreRead() {
            assertThat(lost("{\"age\":1,\"quota\":2,\"rejected\":3,\"other\":4}"))
                    .isEqualTo(new LostEvents(1, 2, 3));
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "null", "7", "[1]", "{\"age\":\"1\",\"quota\":{\"quota\":9},\"rejected\":[8]}"})
        void whatIsNoCountMeansNothing(String dropped) {
            assertThat(lost(dropped)).isEqualTo(LostEvents.NONE);
        }

        @Test
        void implausibleCountsAreBounded() {
            assertThat(lost("{\"age\":-5,\"quota\":99999999999999999999,\"rejected\":1000000}"))
                    .isEqualTo(new LostEvents(0, 100_000, 100_000));
        }

        @Test
        void eventMayHaveAPropertyOfThatName() {
            EventBatch batch = parser.parse("{\"eventType\":\"a\",\"dropped\":{\"age\":1}}".getBytes(UTF_8), false);
            assertThat(batch.lost()).isEqualTo(LostEvents.NONE);
            assertThat(batch.events()).extracting(Event::properties).containsExactly("{\"dropped\":{\"age\":1}}");
        }

        private LostEvents lost(String dropped) {
            String body = "{\"batch\":[{\"eventType\":\"a\"}],\"dropped\":" + dropped + "}";
            return parser.parse(body.getBytes(UTF_8), false).lost();
        }
    }

    @Nested
    class KeyInTheBody {

        private static final String KEY = "pk_test_1234567890abcdef";

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"apiKey\":\"pk_test_1234567890abcdef\",\"eventType\":\"a\"}",
                    "{\"eventType\":\"a\",\"apiKey\":\"pk_test_1234567890abcdef\"}",
                    "{\"apiKey\":\"pk_test_1234567890abcdef\",\"batch\":[{\"eventType\":\"a\"}]}",
                    "{\"batch\":[{\"eventType\":\"a\"}],\"apiKey\":\"pk_test_1234567890abcdef\"}",
                })
        void keyIsNoPropertyWhetherOrNotItIsAllowed(String body) {
            EventBatch allowed = parser.parse(body.getBytes(UTF_8), true);
            assertThat(allowed.events()).extracting(Event::properties).containsExactly("{}");
            assertThat(allowed.toString()).doesNotContain(KEY);

            EventBatch notAllowed = parser.parse(body.getBytes(UTF_8), false);
            assertThat(notAllowed.events()).isEqualTo(allowed.events());
        }

        @Test
        void keyThatIsNoStringRefusesAll() {
            InvalidEvents refusal = catchThrowableOfType(
                    InvalidEvents.class,
                    () -> parser.parse("{\"eventType\":\"a\",\"apiKey\":1}".getBytes(UTF_8), true));

            assertThat(refusal.path()).isEqualTo("apiKey");
        }

        @Test
        void keyInsideOfAnEventIsNeverKept() {
            EventBatch batch = parse(
                    "[{\"eventType\":\"a\",\"apiKey\":\"sk_secret\",\"properties\":{\"apiKey\":\"pk_1\",\"b\":1}}]");

            assertThat(batch.events().get(0).properties()).isEqualTo("{\"b\":1}");
        }

        @Test
        void issuedPrivateKeyInsideOfAnEventRefusesIt() {
            String key = KeyFormat.issue(KeyTier.SECRET, new SecureRandom());

            EventBatch batch = parse("[{\"eventType\":\"a\",\"apiKey\":\"" + key + "\"},{\"eventType\":\"b\"}]");

            assertThat(batch.rejections()).extracting(Rejection::code).containsExactly(Code.SECRET_KEY);
            assertThat(batch.events()).extracting(Event::eventType).containsExactly("b");
        }

        @Test
        void memberOfThatNameWhichIsNoKeyIsAProperty() {
            assertThat(event("{\"eventType\":\"a\",\"apiKey\":\"rotated\"}").properties())
                    .isEqualTo("{\"apiKey\":\"rotated\"}");
            assertThat(event("{\"eventType\":\"a\",\"apiKey\":7}").properties()).isEqualTo("{\"apiKey\":7}");
        }
    }

    @Nested
    class ReservedMembers {

        @Test
        void allAreTakenAndNoneIsAProperty() {
            Event event = event("""
                    {"eventType": "search", "messageId": "m", "deviceId": "d", "sessionId": "s", "personId": "p",
                     "anonymousId": "a", "timestamp": "2026-01-15T11:30:00.5+01:00", "browserFingerprint": "f",
                     "timezone": "Europe/Paris", "url": "https://example.com/é?q=1", "path": "/é", "title": "T \\"x\\"",
                     "referrer": "", "userAgent": "UA", "language": "fr", "screenWidth": 1920, "screenHeight": 0,
                     "utm": {"source": "news", "term": null}, "searchQuery": "shoes"}
                    """);

            assertThat(event)
                    .isEqualTo(new Event(
                            "search",
                            "m",
                            "d",
                            "s",
                            "p",
                            "a",
                            Instant.parse("2026-01-15T10:30:00.5Z"),
                            "2026-01-15T11:30:00.5+01:00",
                            "{\"browserFingerprint\":\"f\",\"timezone\":\"Europe/Paris\",\"url\":\"https://example.com/é?q=1\","
                                    + "\"path\":\"/é\",\"title\":\"T \\\"x\\\"\",\"referrer\":\"\",\"userAgent\":\"UA\","
                                    + "\"language\":\"fr\",\"screenWidth\":1920,\"screenHeight\":0,\"utm\":{\"source\":\"news\"}}",
                            "{\"searchQuery\":\"shoes\"}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "messageId",
                    "deviceId",
                    "sessionId",
                    "personId",
                    "anonymousId",
                    "browserFingerprint",
                    "timestamp",
                    "timezone",
                    "url",
                    "path",
                    "title",
                    "referrer",
                    "userAgent",
                    "language",
                    "screenWidth",
                    "screenHeight",
                    "utm",
                    "properties",
                })
        void optionalMemberMayBeNullAndHasOneType(String name) {
            assertThat(event("{\"eventType\":\"a\",\"" + name + "\":null}")).isEqualTo(event("{\"eventType\":\"a\"}"));

            Rejection rejection = rejection("{\"eventType\":\"a\",\"" + name + "\":[1]}");
            assertThat(rejection.code()).isEqualTo(Code.INVALID_EVENT);
            assertThat(rejection.detail()).startsWith(name + " must be ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"messageId", "deviceId", "sessionId", "personId", "anonymousId", "url", "language"})
        void numberIsNoString(String name) {
            assertThat(rejection("{\"eventType\":\"a\",\"" + name + "\":7}").detail())
                    .isEqualTo(name + " must be a string.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "{\"eventType\":null}", "{\"a\":1}"})
        void eventTypeIsRequired(String body) {
            assertThat(rejection(body).code()).isEqualTo(Code.INVALID_EVENT);
            assertThat(rejection(body).detail()).startsWith("eventType is missing");
        }

        @Test
        void eventTypeHasOneToHundredAndTwentyEightCharacters() {
            String longest = "😀".repeat(128);

            assertThat(event("{\"eventType\":\"" + longest + "\"}").eventType()).isEqualTo(longest);
            for (String wrong : List.of("", "  ", "\\t\\n", longest + "x")) {
                assertThat(rejection("{\"eventType\":\"" + wrong + "\"}").detail())
                        .isEqualTo("eventType must have 1 to 128 characters, not all of them blank.");
            }
            assertThat(rejection("{\"eventType\":5}").detail()).isEqualTo("eventType must be a string.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "messageId",
                    "deviceId",
                    "sessionId",
                    "personId",
                    "anonymousId",
                    "browserFingerprint",
                    "timezone",
                    "language",
                })
        void idThatIsTooLongRefusesTheEvent(String name) {
            String longest = "é".repeat(127) + "😀";

            assertThat(event("{\"eventType\":\"a\",\"" + name + "\":\"" + longest + "\"}")
                            .toString())
                    .contains(longest);
            assertThat(rejection("{\"eventType\":\"a\",\"" + name + "\":\"" + longest + "x\"}"))
                    .isEqualTo(new Rejection(0, Code.INVALID_EVENT, name + " must have at most 128 characters.", name));
        }

        @Test
        void emptyMessageIdIsRefusedWhileOtherEmptyIdsAreAbsent() {
            assertThat(rejection("{\"eventType\":\"a\",\"messageId\":\"\"}").detail())
                    .startsWith("messageId must not be empty");
            assertThat(event("{\"eventType\":\"a\",\"deviceId\":\"\",\"timezone\":\"\"}"))
                    .isEqualTo(event("{\"eventType\":\"a\"}"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"url", "path", "title", "referrer", "userAgent"})
        void textThatIsTooLongIsCutBetweenCharacters(String name) {
            String longest = "x" + "😀".repeat(2047);

            for (String sent : List.of(longest, longest + "😀", longest + "y".repeat(5000))) {
                assertThat(event("{\"eventType\":\"a\",\"" + name + "\":\"" + sent + "\"}")
                                .context())
                        .isEqualTo("{\"" + name + "\":\"" + longest + "\"}");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"-1", "100001", "1.5", "1e6", "\"1920\"", "true", "99999999999999999999"})
        void screenSizeIsAnIntegerUpToHundredThousand(String size) {
            assertThat(event("{\"eventType\":\"a\",\"screenWidth\":100000}").context())
                    .isEqualTo("{\"screenWidth\":100000}");
            assertThat(rejection("{\"eventType\":\"a\",\"screenHeight\":" + size + "}")
                            .detail())
                    .isEqualTo("screenHeight must be an integer from 0 to 100000.");
        }

        @ParameterizedTest
        @CsvSource({"1536.0, 1536", "1.536e3, 1536", "0.0, 0", "-0, 0"})
        void integerMayBeWrittenWithAPoint(String sent, String kept) {
            assertThat(event("{\"eventType\":\"a\",\"screenWidth\":" + sent + "}")
                            .context())
                    .isEqualTo("{\"screenWidth\":" + kept + "}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"eventType\":\"x\",\"url\":5} | url",
                    "{\"x\":1} | eventType",
                    "{\"eventType\":\"\"} | eventType",
                    "{\"eventType\":\"x\",\"timestamp\":\"now\"} | timestamp",
                    "{\"eventType\":\"x\",\"utm\":{\"a\":1}} | utm",
                    "{\"eventType\":\"x\",\"screenWidth\":-1} | screenWidth",
                    "{\"eventType\":\"x\",\"messageId\":\"\"} | messageId",
                    "{\"eventType\":\"x\",\"y\":{\"z\":[1e99]}} | y.z[0]",
                })
        void pathNamesTheMemberAtFault(String event, String path) {
            assertThat(rejection(event).path()).isEqualTo(path);
            assertThat(parse("[{\"eventType\":\"a\"}," + event + "]").rejections())
                    .extracting(Rejection::path)
                    .containsExactly("[1]." + path);
            assertThat(parse("{\"batch\":[" + event + "]}").rejections())
                    .extracting(Rejection::path)
                    .containsExactly("batch[0]." + path);
        }

        @Test
        void utmHoldsFewShortTexts() {
            assertThat(event("{\"eventType\":\"a\",\"utm\":{\"content\":\"" + "x".repeat(300) + "\"}}")
                            .context())
                    .isEqualTo("{\"utm\":{\"content\":\"" + "x".repeat(256) + "\"}}");
            assertThat(event("{\"eventType\":\"a\",\"utm\":" + object(20, "\"v\"") + "}")
                            .context())
                    .contains("\"m19\":\"v\"");
            assertThat(rejection("{\"eventType\":\"a\",\"utm\":" + object(21, "\"v\"") + "}")
                            .detail())
                    .isEqualTo("utm must have at most 20 members.");
            assertThat(rejection("{\"eventType\":\"a\",\"utm\":{\"source\":{\"a\":1}}}")
                            .detail())
                    .isEqualTo("Each member of utm must be a string.");
            assertThat(rejection("{\"eventType\":\"a\",\"utm\":{\"" + "n".repeat(129) + "\":\"\"}}")
                            .detail())
                    .isEqualTo("A name in utm must have at most 128 characters.");
            assertThat(rejection("{\"eventType\":\"a\",\"utm\":\"news\"}").detail())
                    .isEqualTo("utm must be an object.");
        }

        @ParameterizedTest
        @CsvSource({
            "'\"2026-01-15T10:30:00.123456789Z\"', 2026-01-15T10:30:00.123456789Z, 2026-01-15T10:30:00.123456789Z",
            "1768473000123, 2026-01-15T10:30:00.123Z, 1768473000123",
            "1768473000123.9, 2026-01-15T10:30:00.1239Z, 1768473000123.9",
            "1768473000, 2026-01-15T10:30:00Z, 1768473000",
        })
        void timestampIsReadAndKeptAsSent(String sent, Instant timestamp, String raw) {
            Event event = event("{\"eventType\":\"a\",\"timestamp\":" + sent + "}");

            assertThat(event.timestamp()).isEqualTo(timestamp);
            assertThat(event.rawTimestamp()).isEqualTo(raw);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"now\"",
                    "\"2026-01-15T10:30:00\"",
                    "\"\"",
                    "true",
                    "{}",
                    "1e60",
                    "\"+10000-01-01T00:00:00Z\""
                })
        void unreadableTimestampRefusesTheEvent(String timestamp) {
            assertThat(rejection("{\"eventType\":\"a\",\"timestamp\":" + timestamp + "}")
                            .detail())
                    .startsWith("timestamp must be an ISO-8601 date and time");
        }
    }

    @Nested
    class Properties {

        @Test
        void allElseIsAPropertyInTheOrderSentAndToTheDigit() {
            String properties =
                    "{\"z\":1.10,\"a\":12345678901234567890123,\"m\":[1e-7,-0,{\"q\":null}],\"b\":false,\"\":\"\"}";

            assertThat(event("{\"eventType\":\"x\"," + properties.substring(1)).properties())
                    .isEqualTo(properties);
        }

        @Test
        void nestedPropertiesAreMergedUnderThoseAtTopLevel() {
            String nested = "\"properties\":{\"a\":1,\"b\":{\"c\":[2]},\"d\":3}";

            assertThat(event("{\"eventType\":\"x\",\"b\":\"top\"," + nested + ",\"d\":\"top\",\"e\":4}")
                            .properties())
                    .isEqualTo("{\"b\":\"top\",\"d\":\"top\",\"e\":4,\"a\":1}");
            assertThat(event("{" + nested + ",\"eventType\":\"x\"}").properties())
                    .isEqualTo("{\"a\":1,\"b\":{\"c\":[2]},\"d\":3}");
        }

        @Test
        void reservedNameInNestedPropertiesIsOnlyAProperty() {
            Event event = event("{\"eventType\":\"x\",\"properties\":{\"eventType\":5,\"url\":[],\"properties\":1}}");

            assertThat(event.eventType()).isEqualTo("x");
            assertThat(event.context()).isEqualTo("{}");
            assertThat(event.properties()).isEqualTo("{\"eventType\":5,\"url\":[],\"properties\":1}");
        }

        @Test
        void propertiesOfOneEventDoNotReachTheNext() {
            EventBatch batch = parse("[{\"eventType\":\"a\",\"url\":\"u\",\"x\":1,\"properties\":{\"y\":2}},"
                    + "{\"eventType\":\"b\",\"z\":\"\\u0000\"},{\"eventType\":\"c\"}]");

            assertThat(batch.events().get(1)).isEqualTo(event("{\"eventType\":\"c\"}"));
        }

        @Test
        void randomPropertiesSurviveUnchanged() throws Exception {
            Random random = new Random(20_260_115);
            for (int round = 0; round < 2000; round++) {
                ObjectNode sent = randomObject(random, 4).put("eventType", "x");
                byte[] body = random.nextBoolean()
                        ? MAPPER.writeValueAsBytes(sent)
                        : MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(sent);
                ObjectNode expected = (ObjectNode) MAPPER.readTree(body);
                expected.remove("eventType");

                JsonNode kept = MAPPER.readTree(
                        parser.parse(body, false).events().get(0).properties());

                assertThat(kept).isEqualTo(expected);
                assertThat(kept.fieldNames()).toIterable().containsExactlyElementsOf(expected::fieldNames);
            }
        }

        private static ObjectNode randomObject(Random random, int depth) {
            ObjectNode object = MAPPER.createObjectNode();
            for (int i = random.nextInt(30 / (5 - depth)); i > 0; i--) {
                object.set("p" + randomText(random), randomValue(random, depth - 1));
            }
            return object;
        }

        private static JsonNode randomValue(Random random, int depth) {
            var nodes = MAPPER.getNodeFactory();
            return switch (random.nextInt(depth > 0 ? 8 : 6)) {
                case 0 -> nodes.numberNode(random.nextInt());
                case 1 -> nodes.numberNode(new BigInteger(200, random));
                case 2 -> nodes.numberNode(new BigDecimal(new BigInteger(60, random).setBit(0), random.nextInt(1, 40)));
                case 3 -> nodes.booleanNode(random.nextBoolean());
                case 4 -> nodes.nullNode();
                case 5 -> nodes.textNode(randomText(random));
                case 6 -> randomObject(random, depth);
                default -> {
                    var array = nodes.arrayNode();
                    for (int i = random.nextInt(5); i > 0; i--) {
                        array.add(randomValue(random, depth - 1));
                    }
                    yield array;
                }
            };
        }

        private static String randomText(Random random) {
            return random.ints(random.nextInt(12), 1, 0x11000)
                    .filter(c -> c < 0xd800 || c > 0xdfff)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        }
    }

    @Nested
    class Limits {

        @Test
        void eventHasAtMost255Properties() {
            String max = object(255, "1");

            assertThat(event("{\"eventType\":\"a\"," + max.substring(1)).properties())
                    .isEqualTo(max);
            assertThat(event("{\"eventType\":\"a\",\"properties\":" + max + "}").properties())
                    .isEqualTo(max);
            assertThat(event("{\"eventType\":\"a\",\"m0\":0,\"m254\":0,\"properties\":" + max + "}")
                            .properties())
                    .startsWith("{\"m0\":0,\"m254\":0,\"m1\":1");
            assertThat(rejection("{\"eventType\":\"a\",\"x\":1,\"properties\":" + max + "}")
                            .code())
                    .isEqualTo(Code.TOO_MANY_PROPERTIES);
            assertThat(rejection("{\"eventType\":\"a\",\"x\":1," + max.substring(1))
                            .code())
                    .isEqualTo(Code.TOO_MANY_PROPERTIES);
        }

        @ParameterizedTest
        @CsvSource({"'',''", "[,]", "'[1,  ', ']'", "'{\"batch\": [', ']}'"})
        void eventHasAtMost32KibibytesAsSent(String before, String after) {
            String start = "{ \"eventType\" : \"a\", \"é\": \"";
            String filling = "x".repeat(32 * 1024 - start.getBytes(UTF_8).length - 2);

            assertThat(parse(before + start + filling + "\"}" + after).events()).hasSize(1);
            assertThat(parse(before + start + filling + "y\"}" + after).rejections())
                    .extracting(Rejection::code)
                    .contains(Code.EVENT_TOO_LARGE);
        }

        @ParameterizedTest
        @CsvSource({"'',''", "[,]", "'{\"batch\":[', ']}'"})
        void eventIsAtMost32LevelsDeep(String before, String after) {
            for (String member : List.of("x", "properties\":{\"x")) {
                boolean nested = member.length() > 1;
                int levels = nested ? 30 : 31;
                String end = (nested ? "}" : "") + "}" + after;
                String start = before + "{\"eventType\":\"a\",\"" + member + "\":";

                assertThat(parse(start + "[".repeat(levels) + "]".repeat(levels) + end)
                                .events())
                        .hasSize(1);
                assertThat(parse(start + "[".repeat(levels + 1) + "]".repeat(levels + 1) + end)
                                .rejections())
                        .extracting(Rejection::code)
                        .containsExactly(Code.TOO_DEEP);
            }
        }

        @Test
        void eventThatWouldBeTwiceAsLongToReadIsRefused() {
            String numbers = Collections.nCopies(1000, "1e20").toString();

            assertThat(rejection("{\"eventType\":\"a\",\"x\":" + numbers + "}").code())
                    .isEqualTo(Code.EVENT_TOO_LARGE);
            assertThat(rejection("{\"eventType\":\"a\",\"properties\":{\"x\":" + numbers + "}}")
                            .code())
                    .isEqualTo(Code.EVENT_TOO_LARGE);
            assertThat(event("{\"eventType\":\"a\",\"x\":" + numbers.replace("1e20", "1e63") + "}"))
                    .isNotNull();
            assertThat(event("{\"eventType\":\"a\",\"x\":1e20}").properties())
                    .isEqualTo("{\"x\":100000000000000000000}");
        }

        @Test
        void limitsAreThoseHandedIn() {
            EventParser tight = new EventParser(new EventLimits(2, 60, 2, 1));

            assertThat(tight.parse("""
                                    [{"eventType":"a","x":[[]]},{"eventType":"a","x":1,"y":1}]""".getBytes(UTF_8), false).rejections())
                    .extracting(Rejection::code)
                    .containsExactly(Code.TOO_DEEP, Code.TOO_MANY_PROPERTIES);
        }
    }

    @Nested
    class Faults {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"eventType\":\"a\",\"x\":\"\\u0000\"} | INVALID_CHARACTER",
                    "{\"eventType\":\"a\",\"x\\u0000\":1} | INVALID_CHARACTER",
                    "{\"eventType\":\"a\\ud800\"} | INVALID_CHARACTER",
                    "{\"eventType\":\"a\",\"utm\":{\"source\":\"\\udc00\"}} | INVALID_CHARACTER",
                    "{\"eventType\":\"a\",\"x\":[{\"y\":[\"\\ud83d\"]}],\"z\":{}} | INVALID_CHARACTER",
                    "{\"eventType\":\"a\",\"x\":1e400000} | NUMBER_OUT_OF_RANGE",
                    "{\"eventType\":\"a\",\"properties\":{\"x\":[1e-400000]}} | NUMBER_OUT_OF_RANGE",
                    "{\"eventType\":\"a\",\"screenWidth\":1e999} | NUMBER_OUT_OF_RANGE",
                    "{\"eventType\":\"a\",\"eventType\":\"b\"} | DUPLICATE_MEMBER",
                    "{\"eventType\":\"a\",\"x\":1,\"x\":{\"y\":[]}} | DUPLICATE_MEMBER",
                    "{\"eventType\":\"a\",\"x\":[{\"y\":1,\"y\":2}]} | DUPLICATE_MEMBER",
                    "{\"eventType\":\"a\",\"properties\":{\"x\":1,\"x\":2}} | DUPLICATE_MEMBER",
                    "{\"eventType\":\"a\",\"deviceId\":{\"x\":[1,2]},\"y\":{}} | INVALID_EVENT",
                    "[{\"eventType\":\"a\"}] | INVALID_EVENT",
                    "[] | INVALID_EVENT",
                    "null | INVALID_EVENT",
                    "\"a\" | INVALID_EVENT",
                    "\"\\u0000\" | INVALID_CHARACTER",
                    "1e999 | NUMBER_OUT_OF_RANGE",
                })
        void poisonEventIsNamedByItsIndexAndTheOthersAreKept(String poison, Code code) {
            List<String> events = new ArrayList<>(Collections.nCopies(500, "{\"eventType\":\"good\",\"n\":[{}]}"));
            for (int index : new int[] {0, 137, 499}) {
                events.set(index, poison);
                String array = "[" + String.join(",", events) + "]";
                for (String body : List.of(array, "{\"sentAt\":0,\"batch\":" + array + ",\"x\":1}")) {
                    EventBatch batch = parse(body);

                    assertThat(batch.rejections())
                            .extracting(Rejection::index, Rejection::code)
                            .containsExactly(tuple(index, code));
                    assertThat(batch.events()).hasSize(499).containsOnly(event("{\"eventType\":\"good\",\"n\":[{}]}"));
                }
                events.set(index, "{\"eventType\":\"good\",\"n\":[{}]}");
            }
        }

        @Test
        void eachPoisonEventIsNamed() {
            String body = IntStream.range(0, 500)
                    .mapToObj(i -> i % 3 == 0 ? "{\"eventType\":\"e" + i + "\"}" : "{\"eventType\":\"\\u0000\"}")
                    .collect(Collectors.joining(",", "[", "]"));

            EventBatch batch = parse(body);

            assertThat(batch.rejections()).hasSize(333).noneMatch(rejection -> rejection.index() % 3 == 0);
            for (int i = 0; i < batch.events().size(); i++) {
                assertThat(batch.events().get(i).eventType()).isEqualTo("e" + batch.indexOf(i));
            }
        }

        @Test
        void oneEventAtFaultIsARejection() {
            EventBatch batch = parse("{\"eventType\":\"a\",\"x\":{\"y\":[1e400000]},\"z\":[{}]}");

            assertThat(batch.single()).isTrue();
            assertThat(batch.events()).isEmpty();
            assertThat(batch.rejections())
                    .containsExactly(new Rejection(
                            0,
                            Code.NUMBER_OUT_OF_RANGE,
                            "The member x.y[0] is a number of more than 64 digits when it is written without an"
                                    + " exponent: send it as a string.",
                            "x.y[0]"));
        }

        @Test
        void depthBelowThousandRefusesOneEventAndAboveItAll() {
            String good = "{\"eventType\":\"a\"}";

            EventBatch batch = parse("[" + good + ",{\"x\":" + "[".repeat(998) + "]".repeat(998) + "}," + good + "]");
            assertThat(batch.events()).hasSize(2);
            assertThat(batch.rejections()).extracting(Rejection::code).containsExactly(Code.TOO_DEEP);

            assertUnreadable("[" + good + ",{\"x\":" + "[".repeat(999) + "]".repeat(999) + "}," + good + "]");
            assertUnreadable("[" + good + ",{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}]");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[{\"eventType\":\"a\"},{\"eventType\":\"a\",}]",
                    "[{\"eventType\":\"a\"},{\"eventType\":\"a\"}",
                    "[{\"eventType\":\"a\"}]]",
                    "[{\"eventType\":\"a\"}] {}",
                    "{\"eventType\":\"a\"}x",
                    "{\"eventType\":'a'}",
                    "{\"eventType\":\"a\",\"x\":NaN}",
                    "\uFEFF{\"eventType\":\"a\"}",
                    "{\"eventType\":\"\\u0000\",\"x\":}",
                    "[1e999,]",
                })
        void faultOfTheTextRefusesAll(String body) {
            assertUnreadable(body);
        }

        @Test
        void badUtf8RefusesAll() {
            byte[] body = "[{\"eventType\":\"a\"},{\"eventType\":\"?\"}]".getBytes(UTF_8);
            body[new String(body, UTF_8).indexOf('?')] = (byte) 0xff;

            assertThat(catchThrowableOfType(InvalidJson.class, () -> parser.parse(body, false))
                            .fault())
                    .isEqualTo(Fault.UNREADABLE);
        }

        @Test
        void faultBesideTheBatchRefusesAll() {
            InvalidJson refusal = catchThrowableOfType(
                    InvalidJson.class, () -> parse("{\"batch\":[{\"eventType\":\"a\"}],\"batch\":[]}"));

            assertThat(refusal.fault()).isEqualTo(Fault.DUPLICATE_MEMBER);
            assertThat(refusal.path()).isEqualTo("batch");
        }

        @Test
        void rubbishIsNeverAnsweredWithAnythingElseThanARefusal() {
            byte[] seed =
                    ("{\"sentAt\":1,\"batch\":[{\"eventType\":\"a\",\"utm\":{\"s\":\"\\u00e9\"},\"timestamp\":1e3},"
                                    + "{\"eventType\":\"b\",\"screenWidth\":12,\"properties\":{\"x\":[1,\"\\ud83d\\ude00\"]}}]}")
                            .getBytes(UTF_8);
            Random random = new Random(11);
            int read = 0;
            for (int round = 0; round < 50_000; round++) {
                byte[] body = seed.clone();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    body[random.nextInt(body.length)] = (byte) (32 + random.nextInt(95));
                }
                try {
                    EventBatch batch = parser.parse(body, false);
                    assertThat(batch.events().size() + batch.rejections().size())
                            .isPositive();
                    read++;
                } catch (InvalidJson | InvalidEvents e) {
                    assertThat(e.getMessage()).endsWith(".");
                }
            }
            assertThat(read).isBetween(1, 49_999);
        }

        private void assertUnreadable(String body) {
            assertThat(catchThrowableOfType(InvalidJson.class, () -> parse(body))
                            .fault())
                    .isEqualTo(Fault.UNREADABLE);
        }
    }

    private EventBatch parse(String body) {
        return parser.parse(body.getBytes(UTF_8), false);
    }

    private Event event(String body) {
        EventBatch batch = parse(body);
        assertThat(batch.rejections()).isEmpty();
        return batch.events().get(0);
    }

    private Rejection rejection(String body) {
        EventBatch batch = parse(body);
        assertThat(batch.events()).isEmpty();
        return batch.rejections().get(0);
    }

    private InvalidEvents invalid(String body) {
        return catchThrowableOfType(InvalidEvents.class, () -> parse(body));
    }

    /** An object of as many members, m0 and following. */
    private static String object(int members, String value) {
        return IntStream.range(0, members)
                .mapToObj(i -> "\"m" + i + "\":" + value)
                .collect(Collectors.joining(",", "{", "}"));
    }
}
