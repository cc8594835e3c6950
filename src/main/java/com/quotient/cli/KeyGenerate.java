package com.quotient.cli;

import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyTier;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "generate", description = "Prints a new key and its hash for a key file. Stores nothing.")
final class KeyGenerate extends ConfiguredCommand {
    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "public (pk) for browsers and apps, private (sk) for servers.")
    private String type = "";

    @Override
    public Integer call() {
        String key = KeyFormat.issue(fromOptions(() -> KeyTier.named(type)), new SecureRandom());
        String hash = HexFormat.of().formatHex(KeyHash.of(key).bytes());
        if (json()) {
            print(new JsonObject().put("key", key).put("hash", hash));
        } else {
            KeyText.line(out(), "Key", key);
            KeyText.line(out(), "Hash", hash);
        }
        return ExitCodes.OK;
    }
}
