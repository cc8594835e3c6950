package com.quotient.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.quotient.address.IpRules;
import com.quotient.origin.OriginRules;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key as the table stores it: two small objects, where a {@link KeyRecord} is twenty. Everything that only a request
 * needs is one text. Rules are compiled when the key is used. Immutable.
 */
final class PackedKey implements KeyHashTable.Entry {
    /** The one character that text in Postgres cannot contain. */
    private static final char SEPARATOR = '\0';

    private final long a;
    private final long b;
    private final long c;
    private final long d;
    private final long expiresAtMillis;
    private final KeyTier tier;
    private final KeyStatus status;
    private final byte[] rest;

    /**
     * Rules are kept as written, readable or not.
     *
     * @param trial the JSON of a {@link KeyTrial}, or null
     */
    PackedKey(
            KeyHash hash,
            String id,
            String businessId,
            String businessName,
            KeyTier tier,
            String name,
            List<String> scopes,
            List<String> allowedOrigins,
            boolean allowMissingOrigin,
            List<String> allowedIps,
            @Nullable RateLimit rateLimit,
            long expiresAtMillis,
            KeyStatus status,
            @Nullable String trial) {
        this.a = hash.a();
        this.b = hash.b();
        this.c = hash.c();
        this.d = hash.d();
        this.expiresAtMillis = expiresAtMillis;
        this.tier = tier;
        this.status = status;
        StringBuilder texts = new StringBuilder(256);
        List.of(id, businessId, businessName, name, allowMissingOrigin ? "+" : "")
                .forEach(text -> append(texts, text));
        append(texts, rateLimit == null ? "" : rateLimit.toString());
        for (List<String> list : List.of(scopes, allowedOrigins, allowedIps)) {
            append(texts, Integer.toString(list.size()));
            list.forEach(text -> append(texts, text));
        }
        // The last text has no separator, so that a key without a trial needs no byte for it.
        texts.append(trial == null ? "" : trial);
        this.rest = texts.toString().getBytes(UTF_8);
    }

    private static void append(StringBuilder texts, String text) {
        texts.append(text).append(SEPARATOR);
    }

    @Override
    public KeyHash hash() {
        return new KeyHash(a, b, c, d);
    }

    @Override
    public boolean isOf(KeyHash hash) {
        return a == hash.a() && b == hash.b() && c == hash.c() && d == hash.d();
    }

    @Override
    public int hashBits() {
        return (int) a;
    }

    KeyStatus status() {
        return status;
    }

    /** As {@link KeyRecord#expiresAtMillis}. */
    long expiresAtMillis() {
        return expiresAtMillis;
    }

    /**
     * The key, ready for validation. A rule that cannot be read matches nothing, and a sentence about it is passed to
     * {@code complaints}: it was edited in the database, or a public suffix has been declared since it was written. If
     * no rule is left, or there are too many, the key is treated as disabled. A trial that cannot be read is ignored.
     */
    KeyRecord unpack(Consumer<String> complaints) {
        Iterator<String> texts = Arrays.asList(new String(rest, UTF_8).split(String.valueOf(SEPARATOR), -1))
                .iterator();
        String id = texts.next();
        String businessId = texts.next();
        String businessName = texts.next();
        String name = texts.next();
        boolean allowMissingOrigin = !texts.next().isEmpty();
        String rateLimit = texts.next();
        List<String> scopes = list(texts);
        OriginRules origins = rules(id, list(texts), OriginRules::of, complaints);
        IpRules ips = rules(id, list(texts), IpRules::of, complaints);
        boolean readable = origins != null && ips != null;
        String trial = texts.next();
        KeyRecord key = new KeyRecord(
                hash(),
                id,
                businessId,
                businessName,
                tier,
                name,
                scopes,
                Scope.bits(Scope.effective(tier, scopes)),
                origins == null ? OriginRules.none() : origins,
                allowMissingOrigin,
                ips == null ? IpRules.none() : ips,
                rateLimit.isEmpty() ? null : RateLimit.parse(rateLimit),
                expiresAtMillis,
                readable || status != KeyStatus.ACTIVE ? status : KeyStatus.DISABLED,
                null);
        return trial.isEmpty() ? key : trying(key, trial, complaints);
    }

    /** Whatever is wrong with a trial that was edited in the database, the key itself works. */
    private static KeyRecord trying(KeyRecord key, String trial, Consumer<String> complaints) {
        try {
            return key.trying(KeyTrial.parse(new JsonObject(trial)));
        } catch (RuntimeException e) {
            complaints.accept("Key " + key.id() + " has a trial that cannot be read; it is ignored: " + e.getMessage());
            return key;
        }
    }

    private static List<String> list(Iterator<String> texts) {
        String[] list = new String[Integer.parseInt(texts.next())];
        Arrays.setAll(list, i -> texts.next());
        return List.of(list);
    }

    /** Null if rules were written and none is left, since an empty list would allow everything. */
    private static <R> @Nullable R rules(
            String id, List<String> entries, Function<List<String>, R> compile, Consumer<String> complaints) {
        try {
            return compile.apply(entries);
        } catch (IllegalArgumentException e) {
            List<String> good = entries.stream()
                    .filter(entry -> compiled(entry, compile) != null)
                    .toList();
            boolean useless = good.isEmpty() || good.size() == entries.size();
            complaints.accept("Key " + id + " has rules that cannot be read; "
                    + (useless ? "it is treated as disabled: " : "they match nothing: ") + e.getMessage());
            return useless ? null : compile.apply(good);
        }
    }

    private static <R> @Nullable R compiled(String entry, Function<List<String>, R> compile) {
        try {
            return compile.apply(List.of(entry));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
