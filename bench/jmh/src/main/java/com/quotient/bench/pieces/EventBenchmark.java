package com.quotient.bench.pieces;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.quotient.analytics.EventBatch;
import com.quotient.analytics.EventLimits;
import com.quotient.analytics.EventParser;
import java.util.Collections;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How a body with events is read. */
@State(Scope.Thread)
public class EventBenchmark {
    private static final String EVENT = """
            {"eventType":"page_view","messageId":"3f1c7a52-8b1e-4f0e-9d0b-0f6a5e2c9b11","deviceId":"device-4711",\
            "sessionId":"session-4711","timestamp":"2026-03-01T12:00:00.000Z",\
            "context":{"page":{"url":"https://www.example.com/pricing","title":"Pricing"}},\
            "plan":"pro","seats":12,"trial":false}""";

    private final EventParser parser = new EventParser(EventLimits.DEFAULTS);
    private final byte[] one = EVENT.getBytes(UTF_8);
    private final byte[] hundred =
            ("{\"batch\":[" + String.join(",", Collections.nCopies(100, EVENT)) + "]}").getBytes(UTF_8);

    @Benchmark
    public EventBatch one() {
        return parser.parse(one, false);
    }

    @Benchmark
    public EventBatch hundred() {
        return parser.parse(hundred, false);
    }
}
