package com.quotient.cli;

import picocli.CommandLine.Command;

@Command(name = "serve", description = "Starts the server. This is what happens without any command.")
final class Serve extends ConfiguredCommand {
    @Override
    public Integer call() {
        return new Serving(this).run();
    }
}
