package com.quotient.cli;

import com.quotient.memory.ArchivedMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = "Restores an archived document, or a folder with everything in it, to its old path.")
final class MemoryRestore extends DatabaseCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "The id, mem_…, as \"memory archived\" lists it.")
    private String id = "";

    @Option(names = "--business", paramLabel = "ID|NAME", required = true, description = "Of this business.")
    private String business = "";

    @Override
    int run(OpenDatabase database) {
        ArchivedMemory restored = database.await(
                database.memory().restore(database.business(business).id(), id, System.currentTimeMillis()));
        if (restored == null) {
            throw new CommandFailure("Nothing was archived with the id " + id
                    + "; \"quotient memory archived\" lists what can be restored.");
        }
        if (json()) {
            print(MemoryArchived.json(restored));
        } else {
            out().println("Restored " + restored.path() + " (" + restored.items()
                    + (restored.items() == 1 ? " item)." : " items).")
                    + " A running server finds it within some seconds.");
        }
        return ExitCodes.OK;
    }
}
