package com.quotient.cli;

import com.quotient.config.Durations;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyAdmin.Overlap;
import com.quotient.keys.KeyDetails;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rotate",
        description = "Creates a successor with the same rights, prints it once, and ends the old key.")
final class KeyRotate extends DatabaseCommand {
    @Parameters(paramLabel = "ID", description = "The id of the key, key_….")
    private String id = "";

    @Option(
            names = "--overlap",
            paramLabel = "TIME",
            defaultValue = "24h",
            description =
                    "How long the old key stays valid, at most 90d; 0s ends it at once. Default: ${DEFAULT-VALUE}.")
    private String overlap = "";

    @Option(
            names = "--until-used",
            description = "The old key ends as soon as the successor is used, and after the overlap at the latest.")
    private boolean untilUsed;

    @Override
    int run(OpenDatabase database) {
        Overlap lives = fromOptions(() -> new Overlap(Durations.parse(overlap), untilUsed));
        KeyDetails old = database.key(id);
        Issued issued = fromOptions(
                () -> database.await(database.keys().rotate(old.businessId(), old.id(), lives, OpenDatabase.actor())));
        IssuedText.print(this, issued);
        return ExitCodes.OK;
    }
}
