package com.quotient.whoami;

import com.quotient.Times;
import com.quotient.auth.Caller;
import com.quotient.auth.RateLimits.Allowance;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /whoami}: what the key is, and how it sees this request. */
public final class WhoamiApi {

    public Future<Answer> whoami(ApiRequest request) {
        Caller caller = request.caller();
        KeyRecord key = caller.key();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("businessId", key.businessId());
        members.put("keyType", key.tier().wireName());
        members.put("scopes", key.scopes());
        members.put("businessName", key.businessName());
        members.put("keyId", key.id());
        members.put("keyName", key.name());
        members.put(
                "expiresAt",
                key.expiresAtMillis() == KeyRecord.NEVER
                        ? null
                        : Times.format(Instant.ofEpochMilli(key.expiresAtMillis())));
        members.put("effectiveScopes", Scope.names(key.effectiveScopes()));
        if (key.tier() == KeyTier.PUBLIC) {
            members.put("origin", origin(request, caller));
        }
        members.put("rateLimit", rateLimit(request.allowance()));
        members.put("serverTime", Times.format(Instant.ofEpochMilli(request.receivedMillis())));
        return Future.succeededFuture(Answer.json(members));
    }

    private static Map<String, @Nullable Object> origin(ApiRequest request, Caller caller) {
        String value = request.origin();
        Map<String, @Nullable Object> origin = new LinkedHashMap<>();
        origin.put("value", value);
        // Only an allowed request gets here.
        origin.put("allowed", true);
        origin.put(
                "matchedRule",
                caller.key().origins().allowsAny() ? "*" : value == null ? null : caller.matchOrigin(value));
        return origin;
    }

    private static @Nullable Map<String, Object> rateLimit(@Nullable Allowance allowance) {
        if (allowance == null) {
            return null;
        }
        Map<String, Object> rateLimit = new LinkedHashMap<>();
        rateLimit.put("limit", allowance.limit().limit());
        rateLimit.put("windowSeconds", allowance.limit().windowSeconds());
        rateLimit.put("remaining", allowance.remaining());
        return rateLimit;
    }
}
