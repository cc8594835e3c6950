package com.quotient.analytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The largest bodies are read in turns, none of which is long. */
class EventReadingTest {
    private static final int MAX_BODY = 512 * 1024;
    private static final int MAX_EVENT = EventLimits.DEFAULTS.maxEventBytes();

    static Stream<String> largestBodies() {
        String names = IntStream.range(0, 3_000)
                .mapToObj(i -> "\"" + Integer.toString(i, 36) + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        String huge = "[" + repeated("1", MAX_BODY - 100) + "]";
        return Stream.of(
                events("{\"eventType\":\"a\",\"x\":[" + repeated("1e63", MAX_EVENT - 100) + "]}"),
                events("{\"eventType\":\"a\",\"x\":[" + repeated("1", MAX_EVENT - 100) + "]}"),
                events("{\"eventType\":\"a\",\"x\":\"" + "\\n".repeat(MAX_EVENT / 2 - 100) + "\"}"),
                events("{\"eventType\":\"a\",\"x\":" + names + "}"),
                events("{\"eventType\":\"a\",\"x\":" + "[".repeat(250) + "]".repeat(250) + "}"),
                events("{\"eventType\":\"a\"}"),
                "{\"eventType\":\"a\",\"x\":" + huge + "}",
                "{\"eventType\":\"a\",\"properties\":{\"x\":" + huge + "}}",
                "[{\"eventType\":\"a\",\"url\":" + huge + "},{\"eventType\":\"b\"}]",
                "{\"batch\":[{\"eventType\":\"a\"}],\"x\":" + huge + "}");
    }

    @ParameterizedTest
    @MethodSource("largestBodies")
    void noTurnReadsMoreThanItsShareAndOneEvent(String body) {
        EventParser parser = new EventParser(EventLimits.DEFAULTS);
        byte[] bytes = body.getBytes(UTF_8);
        try (EventReading reading = parser.begin(bytes, false)) {
            long before;
            boolean done;
            do {
                before = reading.bytesRead();
                done = reading.proceed(AnalyticsApi.TURN_BYTES);
                // What is too large for an event is noticed one token late.
                assertThat(reading.bytesRead() - before).isLessThan(AnalyticsApi.TURN_BYTES + 2 * MAX_EVENT);
            } while (!done);

            assertThat(reading.batch()).isEqualTo(parser.parse(bytes, false));
        }
    }

    private static String events(String event) {
        return Collections.nCopies(Math.min(500, MAX_BODY / (event.length() + 1)), event).stream()
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String repeated(String value, int length) {
        return String.join(",", Collections.nCopies(length / (value.length() + 1), value));
    }
}
