package com.quotient.trace;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** The trace of a request, by the rules of W3C Trace Context. */
class TraceParentTest {
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT_ID = "00f067aa0ba902b7";
    private static final String VALID = "00-" + TRACE_ID + "-" + PARENT_ID + "-01";

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, 00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03, 03",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff, 03",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-adds, 01",
    })
    void validHeaderGivesTheTraceAndTheFlagsThatTheStandardDefines(String header, String flags) {
        assertThat(TraceParent.parse(header)).isEqualTo(new TraceParent(TRACE_ID, PARENT_ID, flags));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
            })
    void invalidHeaderIsIgnored(String header) {
        assertThat(TraceParent.parse(header)).isNull();
    }

    @Test
    void childHasAnotherParentOfTheSameTrace() {
        TraceParent trace = TraceParent.parse(VALID);

        TraceParent child = trace.child();

        assertThat(trace.header()).isEqualTo(VALID);
        assertThat(TraceParent.parse(child.header())).isEqualTo(child);
        assertThat(child.parentId())
                .isNotEqualTo(PARENT_ID)
                .isNotEqualTo(trace.child().parentId());
        assertThat(child.traceId()).isEqualTo(TRACE_ID);
        assertThat(child.flags()).isEqualTo(trace.flags());
    }

    @Test
    void lineOfARequestNamesItsTraceAndThatOfARequestWithoutOneDoesNot() throws Exception {
        Logger access = (Logger) LoggerFactory.getLogger("access");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        access.addAppender(lines);
        try (TestServer server = TestServer.start("log.accessLinesPerSecond", "1000")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            server.get("/api/v0/whoami", key, "X-Request-Id", "traced", "traceparent", VALID);
            server.get("/api/v0/whoami", key, "X-Request-Id", "untraced");
            server.get("/api/v0/whoami", key, "X-Request-Id", "invalid", "traceparent", VALID + "-");
            try (RawClient client = RawClient.to(server)) {
                client.send("GET /api/v0/whoami HTTP/1.1\r\nHost: a\r\nX-Request-Id: several\r\nAuthorization: Bearer "
                        + key + "\r\ntraceparent: " + VALID + "\r\ntraceparent: " + VALID + "\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
            }

            eventually(Duration.ofSeconds(60), () -> {
                List<ILoggingEvent> logged = new ArrayList<>(lines.list);
                assertThat(value(logged, "traced", "traceId")).isEqualTo(TRACE_ID);
                for (String other : new String[] {"untraced", "invalid", "several"}) {
                    assertThat(value(logged, other, "status")).as(other).isEqualTo("200");
                    assertThat(value(logged, other, "traceId")).as(other).isNull();
                }
            });
        } finally {
            access.detachAppender(lines);
        }
    }

    /** A member of the line of a request. */
    private static String value(List<ILoggingEvent> lines, String requestId, String name) {
        return lines.stream()
                .filter(line -> line.getKeyValuePairs().stream().anyMatch(pair -> requestId.equals(pair.value)))
                .flatMap(line -> line.getKeyValuePairs().stream())
                .filter(pair -> pair.key.equals(name))
                .map(TraceParentTest::text)
                .findFirst()
                .orElse(null);
    }

    private static String text(KeyValuePair pair) {
        return String.valueOf(pair.value);
    }
}
