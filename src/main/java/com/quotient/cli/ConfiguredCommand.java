package com.quotient.cli;

import com.quotient.config.Settings;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of every command: settings, two output formats, help. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
abstract class ConfiguredCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A JSON file with settings. Environment variables (QUOTIENT_…) override it.")
    private @Nullable Path config;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    final Settings settings() {
        return Settings.load(config, quotient().environment());
    }

    final InputStream input() {
        return quotient().standardInput();
    }

    /** Whether the output goes to a terminal and not into a file. */
    final boolean isTerminal() {
        return quotient().writesToTerminal();
    }

    final boolean json() {
        return json;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final void print(JsonObject object) {
        out().println(object.encode());
    }

    /** A failure for invalid options or arguments. */
    final ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Reports an invalid value as an error in the options or arguments. */
    final <T> T fromOptions(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Quotient quotient() {
        return (Quotient) spec.root().userObject();
    }
}
