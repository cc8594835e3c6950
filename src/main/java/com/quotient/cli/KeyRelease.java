package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyDetails;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

@Command(name = "release", description = "Lets people manage a key that a key file describes.")
final class KeyRelease extends KeyChange {
    KeyRelease() {
        super("no longer described by a file");
    }

    @Override
    Future<KeyDetails> change(KeyAdmin keys, KeyDetails before) {
        return keys.release(before.businessId(), before.id(), OpenDatabase.actor());
    }
}
