package com.quotient.cli;

import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "generate", description = "Prints a new key and its hash for a key file. Stores nothing.")
final class KeyGenerate extends ConfiguredCommand {
    @Mixin
    private final KeyTypeOption type = new KeyTypeOption();

    @Override
    public Integer call() {
        String key = KeyFormat.issue(fromOptions(type::tier), new SecureRandom());
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
