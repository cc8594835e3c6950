package com.quotient.cli;

import com.quotient.config.Config;
import com.quotient.config.Settings;
import com.quotient.ops.Logging;

/** A command that works on the database: the configured one, or the embedded one of the data directory. */
abstract class DatabaseCommand extends ConfiguredCommand {
    /** Longer than the limit for requests: nothing else waits for a command. */
    private static final String PATIENCE = "10s";

    @Override
    public final Integer call() {
        Logging.configureForCommands();
        Settings settings = settings().with("database.poolWait", PATIENCE);
        Config config = settings.config();
        try (OpenDatabase database = OpenDatabase.open(config, err()::println)) {
            return run(database);
        }
    }

    /** Does the work and returns one of {@link ExitCodes}. */
    abstract int run(OpenDatabase database);
}
