package com.quotient.auth;

import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyHashTable;
import com.quotient.keys.KeyRecord;
import com.quotient.origin.Origin;
import com.quotient.usage.KeyNotes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A key in the cache of one event loop, with what makes its next request cheap: the origin that matched last, its token
 * bucket, its usage notes. Used by one thread.
 */
public final class Caller implements User, KeyHashTable.Entry {
    /** A copy of the key's hash, so that a lookup compares it without following a reference. */
    private final long a;

    private final long b;
    private final long c;
    private final long d;
    private final List<Check> checks;
    private final KeyRecord key;
    private final KeyNotes notes;
    private final RateLimits.@Nullable Bucket bucket;
    private final @Nullable Trial trial;
    /** Recently used; see {@link Callers}. */
    boolean recentlyUsed = true;

    private @Nullable String lastOrigin;
    private @Nullable String lastMatch;
    private @Nullable String describedOrigin;
    private byte @Nullable [] description;

    /** A trial that began at an instant, and the caller as it would be. */
    record Trial(Instant since, Caller proposed) {}

    public Caller(KeyRecord key, KeyNotes notes, RateLimits.@Nullable Bucket bucket) {
        this.a = key.hash().a();
        this.b = key.hash().b();
        this.c = key.hash().c();
        this.d = key.hash().d();
        this.checks = Check.concerning(key);
        this.key = key;
        this.notes = notes;
        this.bucket = bucket;
        this.trial = key.trial() == null
                ? null
                : new Trial(key.trial().since(), new Caller(key.trial().proposed(), notes, null));
    }

    public KeyRecord key() {
        return key;
    }

    /** Records the use of this key. */
    public KeyNotes notes() {
        return notes;
    }

    @Override
    public KeyHash hash() {
        return key.hash();
    }

    @Override
    public boolean isOf(KeyHash hash) {
        return a == hash.a() && b == hash.b() && c == hash.c() && d == hash.d();
    }

    @Override
    public int hashBits() {
        return (int) a;
    }

    /** The checks that apply to this key, in order. */
    List<Check> checks() {
        return checks;
    }

    /** The restrictions on trial, or null if there are none. */
    @Nullable
    Trial trial() {
        return trial;
    }

    RateLimits.@Nullable Bucket bucket() {
        return bucket;
    }

    /**
     * The entry of the key's origin list that allows this {@code Origin} header, or null. A page always sends the same
     * header.
     */
    public @Nullable String matchOrigin(String header) {
        if (!header.equals(lastOrigin)) {
            Origin origin = Origin.parse(header);
            lastMatch = origin == null ? null : key.origins().match(origin);
            lastOrigin = header;
        }
        return lastMatch;
    }

    /** This {@code Origin} header, as the same object if the last request had it, too, which makes it quick to compare. */
    @Nullable
    String lastOrigin(@Nullable String header) {
        return header != null && header.equals(lastOrigin) ? lastOrigin : header;
    }

    /** The result of {@code describe} for this caller and an origin. It is cached for the last origin. */
    public byte[] describe(@Nullable String origin, BiFunction<Caller, @Nullable String, byte[]> describe) {
        byte[] known = description;
        if (known == null || !Objects.equals(origin, describedOrigin)) {
            known = describe.apply(this, origin);
            description = known;
            describedOrigin = origin;
        }
        return known;
    }

    @Override
    public String subject() {
        return key.id();
    }

    @Override
    public JsonObject principal() {
        return new JsonObject()
                .put("sub", key.id())
                .put("businessId", key.businessId())
                .put("keyType", key.tier().wireName())
                .put("scopes", new JsonArray(key.scopes()));
    }

    @Override
    public JsonObject attributes() {
        return new JsonObject();
    }

    /**
     * A caller is what its key is; it has no claims to verify.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public User merge(User other) {
        throw new UnsupportedOperationException("A caller is one key and cannot be merged.");
    }
}
