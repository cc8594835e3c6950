package com.quotient.cli;

import com.quotient.keys.KeyDetails;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows a key with its usage of the last 30 days.")
final class KeyShow extends DatabaseCommand {
    @Parameters(paramLabel = "ID", description = "The id of the key, key_….")
    private String id = "";

    @Override
    int run(OpenDatabase database) {
        KeyDetails key = database.key(id);
        if (json()) {
            print(KeyText.json(key));
        } else {
            KeyText.lines(key, out());
        }
        return ExitCodes.OK;
    }
}
