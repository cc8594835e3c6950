package com.quotient.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Without a command it starts the server. */
@Command(
        name = "quotient",
        description =
                "A self-hosted API server with public and private API keys. Without a command it starts the server.",
        subcommands = {
            Serve.class,
            Migrate.class,
            Quotient.BusinessCommands.class,
            Quotient.UserCommands.class,
            Quotient.KeyCommands.class,
            Quotient.FlowCommands.class,
            Quotient.MemoryCommands.class
        })
public final class Quotient extends ConfiguredCommand {
    private final Map<String, String> environment;
    private final InputStream input;
    private final BooleanSupplier terminal;

    private Quotient(Map<String, String> environment, InputStream input, BooleanSupplier terminal) {
        this.environment = environment;
        this.input = input;
        this.terminal = terminal;
    }

    /**
     * Runs one command and returns its exit code, see {@link ExitCodes}. {@code serve} returns when it is stopped.
     *
     * @param terminal whether {@code out} is a terminal; asked only when it matters
     */
    public static int run(
            Map<String, String> environment,
            InputStream input,
            PrintWriter out,
            PrintWriter err,
            BooleanSupplier terminal,
            String... arguments) {
        return new CommandLine(new Quotient(environment, input, terminal))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(Failures::failed)
                .execute(arguments);
    }

    @Override
    public Integer call() {
        return new Serving(this).run();
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Whether standard output is a terminal. */
    public static boolean printsToTerminal() {
        return Terminal.isStandardOutput();
    }

    boolean writesToTerminal() {
        return terminal.getAsBoolean();
    }

    InputStream standardInput() {
        return input;
    }

    @Command(
            name = "business",
            description = "Creates, lists and changes businesses.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = {BusinessCreate.class, BusinessList.class, BusinessUpdate.class})
    static final class BusinessCommands {}

    @Command(
            name = "user",
            description = "Creates users and resets their passwords.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = {UserCreate.class, UserPassword.class})
    static final class UserCommands {}

    @Command(
            name = "key",
            description = "Creates, changes, imports and explains API keys.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = {
                KeyCreate.class,
                KeyList.class,
                KeyShow.class,
                KeyUpdate.class,
                KeyDisable.class,
                KeyEnable.class,
                KeyRotate.class,
                KeyRevoke.class,
                KeyImport.class,
                KeyGenerate.class,
                KeyApply.class,
                KeyRelease.class,
                KeyAuditList.class,
                KeyCheck.class
            })
    static final class KeyCommands {}

    @Command(
            name = "flow",
            description = "Creates and administers flows, and retries their webhooks.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = {
                FlowCreate.class,
                FlowList.class,
                FlowShow.class,
                FlowEnable.class,
                FlowDisable.class,
                FlowRotate.class,
                FlowEnrol.class,
                FlowFailures.class,
                FlowResume.class,
                FlowResend.class
            })
    static final class FlowCommands {}

    @Command(
            name = "memory",
            description = "Shows and restores what was archived from memory.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = {MemoryArchived.class, MemoryRestore.class})
    static final class MemoryCommands {}
}
