package com.quotient.keys;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A key as an administrator sees it.
 *
 * @param prefix its first 8 characters
 * @param suffix its last 4
 * @param readable the whole key if it is public and was not imported as a hash; null for a private key
 * @param createdBy the user or tool that made it
 * @param endsOnSuccessorUse whether it ends as soon as its successor is used
 * @param trial the restrictions on trial
 * @param managedBy the file that describes it; null for a key that people manage
 * @param usage counts of the last 30 days by day and outcome; empty in lists
 */
public record KeyDetails(
        String id,
        String businessId,
        KeySpec spec,
        String prefix,
        String suffix,
        @Nullable String readable,
        KeyStatus status,
        Instant createdAt,
        @Nullable String createdBy,
        @Nullable Instant lastUsedAt,
        @Nullable String rotatedFrom,
        @Nullable String rotatedTo,
        boolean endsOnSuccessorUse,
        @Nullable KeyTrial trial,
        @Nullable String managedBy,
        long version,
        SortedMap<LocalDate, Map<String, Long>> usage) {

    /** The masked key: {@code sk_AbCdE…wXyZ}. */
    public String masked() {
        return prefix + "…" + suffix;
    }

    /** The scopes that the key effectively has. */
    public List<Scope> effectiveScopes() {
        return Scope.effective(spec.tier(), spec.scopes());
    }
}
