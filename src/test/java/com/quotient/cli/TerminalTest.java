package com.quotient.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a process of its own, because the output of this one may be anything. */
class TerminalTest {
    private static final String ANSWER = "It is a terminal: ";

    /** The program that is asked. */
    static final class Asked {
        public static void main(String[] arguments) {
            System.out.println(ANSWER + Terminal.isStandardOutput());
        }
    }

    @Test
    void pipeIsNoTerminal() throws Exception {
        assertThat(output(asked())).contains(ANSWER + "false");
    }

    @Test
    void terminalIsDetectedEvenWhenStandardInputIsNone() throws Exception {
        String command = String.join(" ", asked()) + " < /dev/null";
        assertThat(output(List.of("script", "-qec", command, "/dev/null"))).contains(ANSWER + "true");
    }

    private static List<String> asked() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "'" + Asked.class.getName() + "'");
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        List<String> plain = command.get(0).equals("script")
                ? command
                : command.stream().map(word -> word.replace("'", "")).toList();
        Process process = new ProcessBuilder(plain).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
