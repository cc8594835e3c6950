package com.quotient.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Runs a command in this JVM and keeps its output and exit code. */
public record CommandRun(int exitCode, String out, String err) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static CommandRun of(Map<String, String> environment, String input, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Quotient.run(
                environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                () -> false,
                arguments);
        restoreLogging();
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /** A command of a process of its own changes where logs go; here others log, too. */
    static void restoreLogging() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        try {
            new ContextInitializer(context).autoConfig();
        } catch (JoranException e) {
            throw new IllegalStateException(e);
        }
        context.start();
    }

    /** The output, which has to be one JSON object in one line. */
    JsonNode json() {
        try {
            if (out.lines().count() != 1) {
                throw new AssertionError("Not one line: " + this);
            }
            return JSON.readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + this, e);
        }
    }

    /** The one sentence of the error output. */
    String sentence() {
        if (err.lines().count() != 1) {
            throw new AssertionError("Not one line: " + this);
        }
        return err.strip();
    }
}
