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

/** What every command has: settings, two forms of output, help. */
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
            description = "Settings as JSON; the environment (QUOTIENT_…) goes before them.")
    private @Nullable Path config;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    final Settings settings() {
        return Settings.load(config, quotient().environment());
    }

    final InputStream input() {
        return quotient().standardInput();
    }

    /** Whether a person reads the output, and no file keeps it. */
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

    /** A fault of the options or arguments. */
    final ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Whatever the values given cannot be made into is a fault of the options or arguments. */
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
