package com.quotient.cli;

import com.quotient.config.Config;
import com.quotient.ops.Logging;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

@Command(name = "migrate", description = "Brings the schema of the database up to date.")
final class Migrate extends ConfiguredCommand {
    @Override
    public Integer call() {
        Logging.configureForCommands();
        Config config = settings().config();
        try (OpenDatabase database = OpenDatabase.openAsItIs(config, err()::println)) {
            int applied = database.migrate();
            if (json()) {
                print(new JsonObject().put("applied", applied));
            } else if (applied == 0) {
                out().println("The schema of " + database.url() + " is up to date.");
            } else {
                out().println("Applied " + applied + (applied == 1 ? " migration" : " migrations") + " to "
                        + database.url() + ".");
            }
        }
        return ExitCodes.OK;
    }
}
