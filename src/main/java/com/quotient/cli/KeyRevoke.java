package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyDetails;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

@Command(name = "revoke", description = "Revokes a key for good.")
final class KeyRevoke extends KeyChange {
    KeyRevoke() {
        super("revoked");
    }

    @Override
    Future<KeyDetails> change(KeyAdmin keys, KeyDetails before) {
        return keys.revoke(before.businessId(), before.id(), OpenDatabase.actor());
    }
}
