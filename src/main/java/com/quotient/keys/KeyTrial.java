package com.quotient.keys;

import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Restrictions of a key that are tried. Requests are decided by the key's own; those that these would refuse as well
 * are counted. A null member is not tried: the key's own holds.
 *
 * @param since when the trial began, and with it the counts
 */
public record KeyTrial(
        Instant since,
        @Nullable List<String> scopes,
        @Nullable List<String> allowedOrigins,
        @Nullable Boolean allowMissingOrigin,
        @Nullable List<String> allowedIps) {

    /** What of a proposal differs from the key, or null if nothing does. */
    static @Nullable KeyTrial of(KeySpec key, KeySpec proposed, Instant since) {
        return key.equals(proposed)
                ? null
                : new KeyTrial(
                        since,
                        changed(key.scopes(), proposed.scopes()),
                        changed(key.allowedOrigins(), proposed.allowedOrigins()),
                        changed(key.allowMissingOrigin(), proposed.allowMissingOrigin()),
                        changed(key.allowedIps(), proposed.allowedIps()));
    }

    private static <T> @Nullable T changed(T from, T to) {
        return to.equals(from) ? null : to;
    }

    /** The key with these restrictions. */
    public KeySpec applyTo(KeySpec key) {
        KeySpec changed = key;
        if (scopes != null) {
            changed = changed.withScopes(scopes);
        }
        if (allowedOrigins != null) {
            changed = changed.withAllowedOrigins(allowedOrigins);
        }
        if (allowMissingOrigin != null) {
            changed = changed.withAllowMissingOrigin(allowMissingOrigin);
        }
        return allowedIps == null ? changed : changed.withAllowedIps(allowedIps);
    }

    /** This trial with another start. */
    KeyTrial startingAt(Instant begin) {
        return new KeyTrial(begin, scopes, allowedOrigins, allowMissingOrigin, allowedIps);
    }

    /** Whether the second restrictions allow every request that the first allow. */
    static boolean admitsAllOf(KeySpec first, KeySpec second) {
        return Scope.effective(second.tier(), second.scopes())
                        .containsAll(Scope.effective(first.tier(), first.scopes()))
                && covers(second.allowedOrigins(), first.allowedOrigins())
                && covers(second.allowedIps(), first.allowedIps())
                && (second.allowMissingOrigin() || !first.allowMissingOrigin());
    }

    /** An empty list allows everything. */
    private static boolean covers(List<String> all, List<String> some) {
        return all.isEmpty() || !some.isEmpty() && all.containsAll(some);
    }

    /** As the database and the audit keep it. */
    public JsonObject json() {
        JsonObject json = new JsonObject().put("since", Times.format(since));
        put(json, "scopes", scopes);
        put(json, "allowedOrigins", allowedOrigins);
        put(json, "allowedIps", allowedIps);
        return allowMissingOrigin == null ? json : json.put("allowMissingOrigin", allowMissingOrigin);
    }

    private static void put(JsonObject json, String name, @Nullable List<String> list) {
        if (list != null) {
            json.put(name, new JsonArray(list));
        }
    }

    /** Reads what {@link #json} gives. */
    static KeyTrial parse(JsonObject json) {
        return new KeyTrial(
                json.getInstant("since"),
                list(json, "scopes"),
                list(json, "allowedOrigins"),
                json.getBoolean("allowMissingOrigin"),
                list(json, "allowedIps"));
    }

    private static @Nullable List<String> list(JsonObject json, String name) {
        JsonArray array = json.getJsonArray(name);
        return array == null ? null : array.stream().map(String::valueOf).toList();
    }
}
