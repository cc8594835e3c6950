package com.quotient.keys;

import com.quotient.keys.KeyAdmin.Overlap;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.time.InstantSource;

/** Gives a key a successor, inside a transaction of the caller. Thread-safe. */
final class KeyRotation {
    private final KeyDetailsStore details;
    private final InstantSource clock;

    KeyRotation(KeyDetailsStore details, InstantSource clock) {
        this.details = details;
        this.clock = clock;
    }

    /**
     * Creates the successor of a locked key. Fails with {@link KeyConflict} if the key is revoked or already rotated,
     * or if its successor would have expired.
     */
    Future<KeyDetails> rotate(
            SqlConnection connection,
            KeyDetails old,
            KeyPolicy policy,
            KeySpec successor,
            KeyMaterial material,
            Overlap overlap,
            Actor actor) {
        String keyId = old.id();
        KeyAdmin.refuseRevoked(old);
        if (old.rotatedTo() != null) {
            throw new KeyConflict(
                    "Key " + keyId + " was rotated already; rotate its successor " + old.rotatedTo() + ".");
        }
        Instant now = clock.instant();
        if (successor.expiresAt() != null && !successor.expiresAt().isAfter(now)) {
            throw new KeyConflict("Key " + keyId + " has expired, and its successor would have, too; give it a later"
                    + " expiry first, or create a new key.");
        }
        Instant end = now.plus(overlap.atMost());
        Instant oldEnd = old.spec().expiresAt();
        KeySpec ending =
                old.spec().withExpiresAt(policy.capped(oldEnd != null && oldEnd.isBefore(end) ? oldEnd : end, now));
        return details.insert(connection, old.businessId(), successor, material, keyId, old.managedBy(), actor)
                .compose(id -> details.writeRotated(connection, old, ending, id, overlap.endsOnSuccessorUse())
                        .compose(done -> details.audited(connection, "rotate", old, keyId, actor))
                        .compose(done -> details.audited(connection, "create", null, id, actor)));
    }
}
