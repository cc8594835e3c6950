package com.quotient.ops;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.Main;
import com.quotient.testing.ChildServer;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestServer;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the process ends: in time, and with the reason. */
@Tag("faults")
class ProcessEndTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DEBUGGED = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
    private static final Pattern DEBUG_PORT = Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

    private static ChildServer start(Class<?> main, List<String> options, String... settings) {
        return ChildServer.start(main, TestServer.freshDatabase(), options, settings);
    }

    /** A debugger stops one event loop, as an endless loop or a deadlock would. */
    private static VirtualMachine suspendOneEventLoop(ChildServer server) throws Exception {
        Matcher port = DEBUG_PORT.matcher(server.out());
        assertThat(port.find()).as(server.out()).isTrue();
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(port.group(1));
        VirtualMachine machine = connector.attach(arguments);
        // The last of them: the management port is served by one of the first.
        machine.allThreads().stream()
                .filter(thread -> thread.name().startsWith("vert.x-eventloop-thread-"))
                .max(Comparator.comparing(ThreadReference::name))
                .orElseThrow()
                .suspend();
        return machine;
    }

    private static RawClient.Response live(ChildServer server) {
        try (RawClient client = RawClient.to(server.managementPort())) {
            return client.send(RawClient.head("GET", "/health/live")).read();
        }
    }

    @Test
    void endOfMemoryEndsTheProcessWithTheReason() throws Exception {
        try (ChildServer server = start(HungryServer.class, List.of("-Xmx96m"))) {
            server.process().getOutputStream().write('\n');
            server.process().getOutputStream().flush();

            assertThat(server.awaitExit(SOON)).isEqualTo(ProcessEnd.OUT_OF_MEMORY);
            assertThat(server.out()).containsOnlyOnce("The process ends").contains("memory has ended");
        }
    }

    @Test
    void deadEventLoopIsReportedByLivenessAndEndsTheProcessWithTheReason() throws Exception {
        try (ChildServer server = start(Main.class, List.of(DEBUGGED), "QUOTIENT_PROCESS_EVENT_LOOP_DEADLINE", "6s")) {
            assertThat(live(server).status()).isEqualTo(200);

            VirtualMachine machine = suspendOneEventLoop(server);
            RawClient.Response down = eventually(SOON, () -> live(server), response -> response.status() == 503);

            assertThat(down.body()).contains("DOWN", "vert.x-eventloop-thread-");
            assertThat(server.awaitExit(SOON)).isEqualTo(ProcessEnd.EVENT_LOOP_DEAD);
            assertThat(server.out())
                    .containsOnlyOnce("The process ends")
                    .containsPattern("vert\\.x-eventloop-thread-\\d+ has not answered for \\d+ ms");
            assertThat(machine).isNotNull();
        }
    }

    @Test
    void signalEndsAServerThatCannotStop() throws Exception {
        try (ChildServer server = start(
                Main.class,
                List.of(DEBUGGED),
                "QUOTIENT_PROCESS_EVENT_LOOP_DEADLINE",
                "1h",
                "QUOTIENT_PROCESS_STOP_DEADLINE",
                "3s")) {
            VirtualMachine machine = suspendOneEventLoop(server);
            server.process().destroy();

            assertThat(server.awaitExit(SOON)).isEqualTo(ProcessEnd.STOP_TIMED_OUT);
            assertThat(server.out()).containsOnlyOnce("The process ends").contains("process.stopDeadline, 3000 ms");
            assertThat(machine).isNotNull();
        }
    }

    @Test
    void cleanStopIsASuccessAndASecondSignalChangesNothing() {
        try (ChildServer server = start(Main.class, List.of(), "QUOTIENT_HTTP_SHUTDOWN_DELAY", "1s")) {
            server.process().destroy();
            server.process().destroy();

            assertThat(server.awaitExit(SOON)).isZero();
            assertThat(server.out()).contains("Stopped").doesNotContain("The process ends");
        }
    }
}
