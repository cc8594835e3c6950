package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyDetails;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

@Command(name = "enable", description = "Enables a disabled key.")
final class KeyEnable extends KeyChange {
    KeyEnable() {
        super("active");
    }

    @Override
    Future<KeyDetails> change(KeyAdmin keys, KeyDetails before) {
        return keys.enable(before.businessId(), before.id(), OpenDatabase.actor());
    }
}
