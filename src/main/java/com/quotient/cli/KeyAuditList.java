package com.quotient.cli;

import com.google.common.base.Ascii;
import com.quotient.config.Durations;
import com.quotient.keys.AuditEntry;
import com.quotient.keys.KeyAudit.Filter;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "audit", description = "Shows who did what to keys and when, newest first.")
final class KeyAuditList extends DatabaseCommand {
    /** The maximum length of a cell; {@code --json} shows everything. */
    private static final int MAX_CHANGES = 200;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The id of the key, key_…; without it, all keys.")
    private @Nullable String key;

    @Option(names = "--business", paramLabel = "ID|NAME", description = "Of this business only.")
    private @Nullable String business;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "How far back, such as 7d, or from which moment, such as 2027-01-01T00:00:00Z.")
    private @Nullable String since;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description =
                    "create, update, disable, enable, rotate, end_on_successor_use, revoke, import, secret_key_in_browser or"
                            + " key_policy.")
    private @Nullable String action;

    @Mixin
    private final PageLimit limit = new PageLimit();

    @Option(
            names = "--before",
            paramLabel = "ID",
            description = "Continue with entries older than this one, the last one of the previous page.")
    private @Nullable Long before;

    @Override
    int run(OpenDatabase database) {
        int max = fromOptions(limit::value);
        String given = since;
        Instant from = given == null ? null : fromOptions(() -> moment(given, Instant.now()));
        String owner = business == null ? null : database.business(business).id();
        String keyId = key;
        if (keyId != null) {
            var details = database.key(keyId);
            if (owner != null && !owner.equals(details.businessId())) {
                throw new CommandFailure("Key " + keyId + " is of another business, " + details.businessId() + ".");
            }
            owner = details.businessId();
        }
        List<AuditEntry> found =
                database.await(database.audit().entries(new Filter(owner, keyId, action, from, before), max + 1));
        List<AuditEntry> entries = found.subList(0, Math.min(max, found.size()));
        Long next = found.size() > max ? entries.get(max - 1).id() : null;
        if (json()) {
            print(new JsonObject()
                    .put(
                            "entries",
                            new JsonArray(
                                    entries.stream().map(KeyAuditList::json).toList()))
                    .put("next", next));
            return ExitCodes.OK;
        }
        Table table = new Table("TIME", "KEY", "ACTION", "ACTOR", "SOURCE", "CHANGES");
        entries.forEach(entry -> table.row(
                Times.format(entry.at()),
                entry.keyId(),
                entry.action(),
                entry.actor(),
                entry.source(),
                Ascii.truncate(changes(entry), MAX_CHANGES, "…")));
        table.print(out());
        if (next != null) {
            err().println("There are more; continue with --before " + next + ".");
        }
        return ExitCodes.OK;
    }

    private static Instant moment(String text, Instant now) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text.strip()).toInstant()
                    : now.minus(Durations.parse(text));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a time; write how far back, such as 7d, or a moment such as"
                            + " 2027-01-01T00:00:00Z.",
                    e);
        }
    }

    private static JsonObject json(AuditEntry entry) {
        return new JsonObject()
                .put("id", entry.id())
                .put("at", Times.format(entry.at()))
                .put("businessId", entry.businessId())
                .put("keyId", entry.keyId())
                .put("action", entry.action())
                .put("actor", entry.actor())
                .put("source", entry.source())
                .put("before", entry.before())
                .put("after", entry.after());
    }

    /** The members that a change altered; nothing for a new key. */
    private static String changes(AuditEntry entry) {
        JsonObject old = entry.before();
        JsonObject now = entry.after();
        if (old == null || now == null) {
            return "";
        }
        TreeSet<String> names = new TreeSet<>(old.fieldNames());
        names.addAll(now.fieldNames());
        return names.stream()
                .filter(name -> !Objects.equals(old.getValue(name), now.getValue(name)))
                .map(name -> name + ": " + old.getValue(name) + " to " + now.getValue(name))
                .collect(Collectors.joining("; "));
    }
}
