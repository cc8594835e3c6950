package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyAuditListTest extends CommandTest {

    @Test
    void everyChangeOfAKeyIsShownNewestFirst() {
        String id = create("sk").get("id").asText();
        create("pk");
        run("key", "update", id, "--description", "nightly");
        run("key", "revoke", id);

        JsonNode entries = json("key", "audit", id).get("entries");

        assertThat(entries)
                .extracting(entry -> entry.get("action").asText())
                .containsExactly("revoke", "update", "create");
        JsonNode revoked = entries.get(0);
        assertThat(revoked.get("keyId").asText()).isEqualTo(id);
        assertThat(revoked.get("businessId").asText()).isEqualTo(business);
        assertThat(revoked.get("actor").asText()).startsWith("cli:");
        assertThat(revoked.at("/before/status").asText()).isEqualTo("active");
        assertThat(revoked.at("/after/status").asText()).isEqualTo("revoked");
        assertThat(run("key", "audit", id).out())
                .contains("status: active to revoked")
                .contains("description: null to nightly");
        assertThat(json("key", "audit").get("entries")).hasSize(4);
        assertThat(json("key", "audit", "--business", "Acme").get("entries")).hasSize(4);
    }

    @Test
    void entriesOfAnotherBusinessAreLeftOutAndNoneHoldsTheTextOfAKey() {
        String publicKey = create("pk").get("key").asText();
        String privateKey = create("sk").get("key").asText();
        TestPostgres.execute(
                url,
                "INSERT INTO business (id, name) VALUES ('biz_other', 'Other'); INSERT INTO key_audit (business_id,"
                        + " key_id, action, actor, source) VALUES ('biz_other', 'key_1', 'update', 'a', 'b')");

        assertThat(json("key", "audit").get("entries")).hasSize(3);
        assertThat(json("key", "audit", "--business", "Acme").get("entries")).hasSize(2);
        assertThat(json("key", "audit").toString()).doesNotContain(publicKey, privateKey);
    }

    @Test
    void entriesAreChosenByActionAndAge() {
        String id = create("sk").get("id").asText();
        run("key", "disable", id);
        TestPostgres.execute(
                url,
                "INSERT INTO key_audit (at, business_id, key_id, action, actor, source) VALUES (now() - interval '8 days', '"
                        + business + "', '" + id + "', 'update', 'somebody', 'somewhere')");

        assertThat(json("key", "audit", "--action", "disable").get("entries")).hasSize(1);
        assertThat(json("key", "audit", "--since", "7d").get("entries")).hasSize(2);
        assertThat(json("key", "audit", id, "--since", "9d").get("entries")).hasSize(3);
        assertThat(json("key", "audit", "--since", "2001-01-01T00:00:00Z").get("entries"))
                .hasSize(3);
        assertThat(json("key", "audit", "--action", "nothing").get("entries")).isEmpty();
        CommandRun wrong = run("key", "audit", "--since", "yesterday");
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err()).contains("7d");
    }

    @Test
    void pagesHoldEveryEntryOnceHoweverManyHaveTheSameTime() {
        TestPostgres.execute(
                url,
                "INSERT INTO key_audit (business_id, key_id, action, actor, source) SELECT '" + business
                        + "', 'key_1', 'update', 'a' || i, 'b' FROM generate_series(1, 25) AS i");
        List<String> actors = new ArrayList<>();
        String next = null;
        do {
            JsonNode page = next == null
                    ? json("key", "audit", "--limit", "10")
                    : json("key", "audit", "--limit", "10", "--before", next);
            assertThat(page.get("entries").size()).isBetween(1, 10);
            page.get("entries").forEach(entry -> actors.add(entry.get("actor").asText()));
            next = page.get("next").isNull() ? null : page.get("next").asText();
        } while (next != null);

        assertThat(actors).hasSize(25).doesNotHaveDuplicates();
        assertThat(run("key", "audit", "--limit", "10").err()).contains("--before");
        assertThat(run("key", "audit", "--limit", "1001").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void pagesOfKeysHoldEveryKeyOnceInTheSameOrder() {
        TestPostgres.execute(
                url,
                "INSERT INTO api_key (id, business_id, tier, name, hash, prefix, suffix, scopes) SELECT 'key_' || i, '"
                        + business + "', 'sk', 'k', decode(lpad(to_hex(i), 64, '0'), 'hex'), 'sk_a', 'b', '{ALL}'"
                        + " FROM generate_series(1, 25) AS i");
        List<String> ids = new ArrayList<>();
        String next = null;
        do {
            JsonNode page = next == null
                    ? json("key", "list", "--limit", "10")
                    : json("key", "list", "--limit", "10", "--after", next, "--business", "Acme");
            page.get("keys").forEach(key -> ids.add(key.get("id").asText()));
            next = page.get("next").isNull() ? null : page.get("next").asText();
        } while (next != null);

        assertThat(ids).hasSize(25).doesNotHaveDuplicates().isSorted();
        assertThat(run("key", "list", "--limit", "10").err()).contains("--after key_");
        assertThat(run("key", "list", "--after", "key_none").sentence()).contains("no key key_none");
    }
}
