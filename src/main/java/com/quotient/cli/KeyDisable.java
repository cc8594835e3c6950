package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyDetails;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

@Command(name = "disable", description = "Disables a key until it is enabled again.")
final class KeyDisable extends KeyChange {
    KeyDisable() {
        super("disabled");
    }

    @Override
    Future<KeyDetails> change(KeyAdmin keys, KeyDetails before) {
        return keys.disable(before.businessId(), before.id(), OpenDatabase.actor());
    }
}
