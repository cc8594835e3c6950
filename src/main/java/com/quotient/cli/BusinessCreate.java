package com.quotient.cli;

import com.quotient.business.Business;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Creates a business.")
final class BusinessCreate extends DatabaseCommand {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Shown to people.")
    private String name = "";

    @Override
    int run(OpenDatabase database) {
        Business business =
                database.await(fromOptions(() -> database.businesses().create(name)));
        if (json()) {
            print(BusinessList.json(business));
        } else {
            out().println("Business " + business.id() + " (" + business.name() + ") is created.");
        }
        return ExitCodes.OK;
    }
}
