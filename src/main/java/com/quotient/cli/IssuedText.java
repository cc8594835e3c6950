package com.quotient.cli;

import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyTier;

/** Prints a new key. This is the only time it is shown. */
final class IssuedText {
    private IssuedText() {}

    static void print(ConfiguredCommand command, Issued issued) {
        if (command.json()) {
            command.print(KeyText.json(issued.details()).put("key", issued.key()));
            return;
        }
        KeyText.line(command.out(), "Id", issued.details().id());
        KeyText.line(command.out(), "Name", issued.details().spec().name());
        KeyText.line(command.out(), "Key", issued.key());
        if (issued.details().spec().tier() == KeyTier.SECRET) {
            command.out().println("Keep it now: a private key is not stored and will not be shown again.");
        }
    }
}
