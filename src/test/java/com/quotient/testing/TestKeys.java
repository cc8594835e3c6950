package com.quotient.testing;

import com.quotient.address.IpRules;
import com.quotient.id.Ids;
import com.quotient.keys.Actor;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.origin.OriginRules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** Businesses and keys for tests, made as an administrator makes them. */
public final class TestKeys {
    public static final Actor ACTOR = new Actor("test", "127.0.0.1");

    private final TestServer server;
    private final KeyAdmin admin;

    public TestKeys(TestServer server) {
        this.server = server;
        this.admin = new KeyAdmin(
                server.server().vertx(),
                server.server().database().maintenance(),
                TestServer.config(server.databaseUrl()).keyFeed(),
                InstantSource.system());
    }

    public KeyAdmin admin() {
        return admin;
    }

    /** A new business; its id. */
    public String business() {
        String id = Ids.next("biz_", System.currentTimeMillis());
        TestPostgres.execute(
                server.databaseUrl(), "INSERT INTO business (id, name) VALUES ('" + id + "', 'Test " + id + "')");
        return id;
    }

    /** A key that may do everything its tier can, for every origin. */
    public Issued issue(String business, KeyTier tier) {
        return issue(business, tier, spec -> spec);
    }

    public Issued issue(String business, KeyTier tier, UnaryOperator<KeySpec> change) {
        Issued issued = TestServer.await(admin.create(business, change.apply(KeySpec.of(tier, "test")), ACTOR));
        awaitEverywhere(issued.details().version());
        return issued;
    }

    /** A public key without restrictions, as validation sees it; it is not stored. */
    public static KeyRecord record(KeyHash hash, String id, KeyStatus status) {
        return new KeyRecord(
                hash,
                id,
                "biz_1",
                "One",
                KeyTier.PUBLIC,
                "test",
                List.of("ALL"),
                0,
                OriginRules.none(),
                false,
                IpRules.none(),
                null,
                KeyRecord.NEVER,
                status,
                null);
    }

    /** Until every server on the database has applied a change. */
    public void awaitEverywhere(long version) {
        KeyAdmin.Confirmation confirmation = TestServer.await(admin.confirm(version, Duration.ofSeconds(60)));
        if (confirmation.applied() < confirmation.live()) {
            throw new AssertionError("Only " + confirmation.applied() + " of " + confirmation.live() + " applied it");
        }
    }

    public String secret(String business, String... scopes) {
        return issue(business, KeyTier.SECRET, spec -> spec.withScopes(List.of(scopes)))
                .key();
    }

    public String publicKey(String business, String... origins) {
        return issue(business, KeyTier.PUBLIC, spec -> spec.withAllowedOrigins(List.of(origins)))
                .key();
    }
}
