package com.quotient.cli;

import com.quotient.keys.KeyAdmin.Confirmation;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTrial;
import com.quotient.keys.RateLimit;
import com.quotient.keys.Scope;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Formats keys as JSON and as text. */
final class KeyText {
    private static final String NONE = "-";
    private static final Pattern KEY = Pattern.compile("(pk|sk)_[A-Za-z0-9_-]{8,}");

    private KeyText() {}

    static JsonObject json(KeyDetails key) {
        KeySpec spec = key.spec();
        RateLimit rateLimit = spec.rateLimit();
        JsonArray usage = new JsonArray();
        key.usage()
                .forEach((day, counts) -> usage.add(new JsonObject()
                        .put("day", day.toString())
                        .put("counts", new JsonObject(new TreeMap<>(counts)))));
        return new JsonObject()
                .put("id", key.id())
                .put("businessId", key.businessId())
                .put("type", spec.tier().wireName())
                .put("name", spec.name())
                .put("description", spec.description())
                .put("maskedKey", key.masked())
                .put("publicKey", key.readable())
                .put("status", status(key))
                .put("scopes", new JsonArray(spec.scopes()))
                .put("effectiveScopes", new JsonArray(Scope.names(key.effectiveScopes())))
                .put("allowedOrigins", new JsonArray(spec.allowedOrigins()))
                .put("allowMissingOrigin", spec.allowMissingOrigin())
                .put("allowedIps", new JsonArray(spec.allowedIps()))
                .put(
                        "rateLimit",
                        rateLimit == null
                                ? null
                                : new JsonObject()
                                        .put("limit", rateLimit.limit())
                                        .put("windowSeconds", rateLimit.windowSeconds()))
                .put("expiresAt", time(spec.expiresAt()))
                .put("createdAt", time(key.createdAt()))
                .put("createdBy", key.createdBy())
                .put("lastUsedAt", time(key.lastUsedAt()))
                .put("rotatedFrom", key.rotatedFrom())
                .put("rotatedTo", key.rotatedTo())
                .put("endsOnSuccessorUse", key.endsOnSuccessorUse())
                .put("trial", key.trial() == null ? null : key.trial().json())
                .put("managedBy", key.managedBy())
                .put("version", key.version())
                .put("usage", usage);
    }

    static void table(List<KeyDetails> keys, PrintWriter out) {
        Table table = new Table("ID", "TYPE", "NAME", "KEY", "STATUS", "SCOPES", "LAST USED", "CREATED", "CREATED BY");
        for (KeyDetails key : keys) {
            table.row(
                    key.id(),
                    key.spec().tier().wireName(),
                    key.spec().name(),
                    key.masked(),
                    status(key),
                    String.join(" ", key.spec().scopes()),
                    or("never", time(key.lastUsedAt())),
                    Times.format(key.createdAt()),
                    or(NONE, key.createdBy()));
        }
        table.print(out);
    }

    static void lines(KeyDetails key, PrintWriter out) {
        KeySpec spec = key.spec();
        line(out, "Id", key.id());
        line(out, "Business", key.businessId());
        line(out, "Type", spec.tier().wireName());
        line(out, "Name", spec.name());
        line(out, "Description", or(NONE, spec.description()));
        line(out, "Key", or(key.masked(), key.readable()));
        line(out, "Status", status(key));
        line(out, "Scopes", list(spec.scopes(), NONE));
        line(out, "In effect", list(Scope.names(key.effectiveScopes()), NONE));
        switch (spec.tier()) {
            case PUBLIC -> {
                line(out, "Origins", list(spec.allowedOrigins(), "any"));
                line(out, "No origin", spec.allowMissingOrigin() ? "allowed" : "refused if the origins are limited");
            }
            case SECRET -> line(out, "Networks", list(spec.allowedIps(), "any"));
        }
        line(
                out,
                "Rate limit",
                spec.rateLimit() == null ? "none" : spec.rateLimit().toString());
        line(out, "Expires", or("never", time(spec.expiresAt())));
        line(out, "Created", Times.format(key.createdAt()) + " by " + or("somebody", key.createdBy()));
        line(out, "Last used", or("never", time(key.lastUsedAt())));
        line(out, "Rotated", rotation(key));
        if (key.trial() != null) {
            line(out, "On trial", trial(key.trial()));
        }
        if (key.managedBy() != null) {
            line(out, "Key file", key.managedBy());
        }
        if (!key.usage().isEmpty()) {
            out.println();
            Table usage = new Table("DAY (UTC)", "OUTCOME", "COUNT");
            key.usage().forEach((day, counts) -> new TreeMap<>(counts)
                    .forEach((outcome, count) -> usage.row(day.toString(), outcome, Long.toString(count))));
            usage.print(out);
        }
    }

    static void line(PrintWriter out, String label, String value) {
        out.printf("%-12s %s%n", label, value);
    }

    static JsonObject json(Confirmation confirmation) {
        return new JsonObject()
                .put("applied", confirmation.applied())
                .put("live", confirmation.live())
                .put("millis", confirmation.after().toMillis());
    }

    /** How many of the running servers have applied a change. */
    static String text(Confirmation confirmation) {
        if (confirmation.live() == 0) {
            return "no server is running";
        }
        return "confirmed by " + confirmation.applied() + " of " + confirmation.live()
                + (confirmation.live() == 1 ? " server in " : " servers in ")
                + confirmation.after().toMillis() + " ms";
    }

    /** A key given in the wrong place must not end up in terminal output or logs. */
    static String withoutKeys(@Nullable String text) {
        return KEY.matcher(String.valueOf(text)).replaceAll("$1_***");
    }

    private static String status(KeyDetails key) {
        Instant end = key.spec().expiresAt();
        boolean expired = end != null && !end.isAfter(Instant.now());
        return key.status() == KeyStatus.ACTIVE && expired
                ? "expired"
                : key.status().wireName();
    }

    private static String rotation(KeyDetails key) {
        if (key.rotatedTo() != null) {
            return "to " + key.rotatedTo();
        }
        return key.rotatedFrom() == null ? "no" : "from " + key.rotatedFrom();
    }

    private static String trial(KeyTrial trial) {
        List<String> tried = new ArrayList<>();
        if (trial.scopes() != null) {
            tried.add("scopes " + list(trial.scopes(), NONE));
        }
        if (trial.allowedOrigins() != null) {
            tried.add("origins " + list(trial.allowedOrigins(), "any"));
        }
        if (trial.allowMissingOrigin() != null) {
            tried.add("no origin " + (trial.allowMissingOrigin() ? "allowed" : "refused"));
        }
        if (trial.allowedIps() != null) {
            tried.add("networks " + list(trial.allowedIps(), "any"));
        }
        return String.join(", ", tried) + "; counted since " + Times.format(trial.since()) + ", refuses nothing";
    }

    private static String list(List<String> values, String none) {
        return values.isEmpty() ? none : String.join(" ", values);
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : Times.format(time);
    }

    private static String or(String otherwise, @Nullable String value) {
        return value == null ? otherwise : value;
    }
}
