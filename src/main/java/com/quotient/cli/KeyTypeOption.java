package com.quotient.cli;

import com.quotient.keys.KeyTier;
import picocli.CommandLine.Option;

/** The type of a new key. */
final class KeyTypeOption {
    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "public (pk) for browsers and apps, private (sk) for servers.")
    private String type = "";

    /**
     * The given type.
     *
     * @throws IllegalArgumentException with a sentence if there is no such type
     */
    KeyTier tier() {
        return KeyTier.named(type);
    }
}
