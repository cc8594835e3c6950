package com.quotient.cli;

import com.quotient.keyfile.KeyFile;
import com.quotient.keyfile.KeyFileAdmin;
import com.quotient.keyfile.KeyFileAdmin.Outcome;
import com.quotient.keyfile.KeyFileReader;
import com.quotient.keyfile.KeyPlan.Action;
import com.quotient.keyfile.KeyPlan.Step;
import com.quotient.keys.KeyAdmin.Confirmation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings keys in line with a file. A second run changes nothing. */
@Command(
        name = "apply",
        description = "Brings keys in line with a file in YAML or JSON, all or nothing.",
        footer = {
            "",
            "Exit codes: 0 in line; 1 failed, or a key cannot be brought in line; 2 a dry run would change something."
        })
final class KeyApply extends DatabaseCommand {
    private static final String STANDARD_INPUT = "-";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Map<Action, String> VERBS = Map.of(
            Action.CREATE, "create",
            Action.ADOPT, "take over",
            Action.UPDATE, "update",
            Action.ROTATE, "rotate",
            Action.REVOKE, "revoke");

    @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
    private String file = "";

    @Option(names = "--dry-run", description = "Say what would change, and change nothing.")
    private boolean dryRun;

    @Override
    int run(OpenDatabase database) {
        KeyFile read = read();
        KeyFileAdmin files = database.keyFiles();
        Outcome outcome = database.await(dryRun ? files.plan(read) : files.apply(read, OpenDatabase.actor()));
        Confirmation confirmation =
                outcome.version() == 0 ? null : database.await(database.keys().confirm(outcome.version(), PATIENCE));
        if (json()) {
            JsonObject object = json(outcome);
            print(confirmation == null ? object : object.put("confirmation", KeyText.json(confirmation)));
        } else {
            text(outcome);
            if (confirmation != null) {
                out().println("Done; " + KeyText.text(confirmation) + ".");
            }
        }
        if (dryRun && !outcome.plan().steps().isEmpty()) {
            return ExitCodes.CHANGES;
        }
        return outcome.plan().drift().isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private KeyFile read() {
        boolean standardInput = file.equals(STANDARD_INPUT);
        Path path = Path.of(standardInput ? "" : file).toAbsolutePath();
        try (InputStream input = standardInput ? input() : Files.newInputStream(path)) {
            byte[] content = input.readNBytes(KeyFileReader.MAX_BYTES + 1);
            return new KeyFileReader(standardInput ? path : path.resolveSibling("")).read(content);
        } catch (IOException e) {
            throw new CommandFailure("The file " + file + " cannot be read; check its name and permissions.");
        }
    }

    private JsonObject json(Outcome outcome) {
        JsonArray changes = new JsonArray();
        for (Step step : outcome.plan().steps()) {
            changes.add(new JsonObject()
                    .put("action", step.action().name().toLowerCase(Locale.ROOT))
                    .put("id", step.key() == null ? null : step.key().id())
                    .put("name", step.spec().name()));
        }
        return new JsonObject()
                .put("dryRun", dryRun)
                .put("businessId", outcome.business().id())
                .put("changes", changes)
                .put("drift", new JsonArray(outcome.plan().drift()))
                .put("unlisted", outcome.plan().unlisted());
    }

    private void text(Outcome outcome) {
        for (Step step : outcome.plan().steps()) {
            String id = step.key() == null ? "" : " (" + step.key().id() + ")";
            out().println((dryRun ? "Would " : "  ") + VERBS.get(step.action()) + " \""
                    + step.spec().name() + "\"" + id);
        }
        outcome.plan().drift().forEach(err()::println);
        int unlisted = outcome.plan().unlisted();
        if (unlisted > 0) {
            out().println(unlisted + (unlisted == 1 ? " key is" : " keys are")
                    + " no longer listed and stay valid; 'prune: true' would revoke them.");
        }
        if (outcome.plan().steps().isEmpty()) {
            out().println("Nothing to change.");
        }
    }
}
