package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeySpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Creates a key and prints it, once.")
final class KeyCreate extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Whose key; not needed if there is only one.")
    private @Nullable String business;

    @Mixin
    private final KeyTypeOption type = new KeyTypeOption();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Shown in lists.")
    private String name = "";

    @Mixin
    private final KeyOptions options = new KeyOptions();

    @Override
    int run(OpenDatabase database) {
        KeySpec spec = fromOptions(() -> options.applyTo(KeySpec.of(type.tier(), name), Instant.now()));
        Business owner = database.business(business);
        Issued issued =
                fromOptions(() -> database.await(database.keys().create(owner.id(), spec, OpenDatabase.actor())));
        IssuedText.print(this, issued);
        return ExitCodes.OK;
    }
}
