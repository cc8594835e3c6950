package com.quotient.cli;

import picocli.CommandLine.Command;

@Command(name = "serve", description = "Starts the server; this is the default.")
final class Serve extends ConfiguredCommand {
    @Override
    public Integer call() {
        return new Serving(this).run();
    }
}
