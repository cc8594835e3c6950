package com.quotient.keyfile;

import com.quotient.http.Members;
import com.quotient.keys.KeySpec;
import com.quotient.keys.RateLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A change of a key as the members of a JSON object describe it: in a request, or in a key file. */
public final class KeyMembers {
    private static final int MAX_ENTRIES = 100;
    public static final int MAX_TEXT = 2000;
    private static final long MAX_LIMIT_REQUESTS = 1_000_000_000;
    private static final long MAX_LIMIT_WINDOW = 86_400;

    private KeyMembers() {}

    /** Reads the members. Their faults are reported when the members are checked. */
    public static Function<KeySpec, KeySpec> of(Members members) {
        List<Function<KeySpec, KeySpec>> steps = new ArrayList<>();
        if (members.has("name")) {
            String name = members.requiredText("name", MAX_TEXT);
            steps.add(spec -> applied(members, "name", spec, one -> one.withName(name)));
        }
        if (members.has("description")) {
            String description = members.text("description", MAX_TEXT);
            steps.add(spec -> applied(members, "description", spec, one -> one.withDescription(description)));
        }
        restrictions(members, steps);
        if (members.has("rateLimit")) {
            RateLimit limit = rateLimit(members.object("rateLimit"));
            steps.add(spec -> spec.withRateLimit(limit));
        }
        if (members.has("expiresAt")) {
            Instant expiresAt = members.time("expiresAt");
            steps.add(spec -> applied(members, "expiresAt", spec, one -> one.withExpiresAt(expiresAt)));
        }
        return inOrder(steps);
    }

    /** Reads the restrictions that can be tried. */
    public static Function<KeySpec, KeySpec> restrictions(Members members) {
        for (String name : List.of("name", "description", "rateLimit", "expiresAt")) {
            if (members.has(name)) {
                members.fault(name, "cannot be tried; change the key instead.");
            }
        }
        List<Function<KeySpec, KeySpec>> steps = new ArrayList<>();
        restrictions(members, steps);
        return inOrder(steps);
    }

    private static void restrictions(Members members, List<Function<KeySpec, KeySpec>> steps) {
        lists(members, "scopes", KeySpec::withScopes, steps);
        lists(members, "allowedOrigins", KeySpec::withAllowedOrigins, steps);
        lists(members, "allowedIps", KeySpec::withAllowedIps, steps);
        Boolean missing = members.flag("allowMissingOrigin");
        if (missing != null) {
            steps.add(spec -> applied(members, "allowMissingOrigin", spec, one -> one.withAllowMissingOrigin(missing)));
        }
    }

    private static Function<KeySpec, KeySpec> inOrder(List<Function<KeySpec, KeySpec>> steps) {
        return spec -> {
            KeySpec changed = spec;
            for (Function<KeySpec, KeySpec> step : steps) {
                changed = step.apply(changed);
            }
            return changed;
        };
    }

    /** Sets a list of texts on a key. */
    private interface ListChange {
        KeySpec apply(KeySpec spec, List<String> list);
    }

    private static void lists(Members members, String name, ListChange change, List<Function<KeySpec, KeySpec>> steps) {
        List<String> list = members.texts(name, MAX_ENTRIES, MAX_TEXT);
        if (list == null) {
            return;
        }
        steps.add(spec -> {
            for (int i = 0; i < list.size(); i++) {
                List<String> one = List.of(list.get(i));
                applied(members, name + "[" + i + "]", spec, each -> change.apply(each, one));
            }
            return applied(members, name, spec, each -> change.apply(each, list));
        });
    }

    /** The changed key. A broken rule is recorded as a fault of its member. */
    public static KeySpec applied(Members members, String name, KeySpec spec, Function<KeySpec, KeySpec> change) {
        try {
            return change.apply(spec);
        } catch (IllegalArgumentException e) {
            members.fault(name, String.valueOf(e.getMessage()));
            return spec;
        }
    }

    private static @Nullable RateLimit rateLimit(@Nullable Members given) {
        if (given == null) {
            return null;
        }
        given.require("limit");
        given.require("windowSeconds");
        Long limit = given.integer("limit", 1, MAX_LIMIT_REQUESTS);
        Long window = given.integer("windowSeconds", 1, MAX_LIMIT_WINDOW);
        return limit == null || window == null ? null : new RateLimit(limit.intValue(), window.intValue());
    }
}
