package com.quotient.whoami;

import com.quotient.auth.Caller;
import com.quotient.auth.RateLimits.Allowance;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /whoami}: describes the caller's key and this request. */
public final class WhoamiApi {
    /** Initial size in bytes; a larger answer costs one copy. */
    private static final int MOST_OF_THIS_REQUEST = 128;

    /** All but the last two members depend only on the key and the origin, and are encoded once. */
    public Future<Answer> whoami(ApiRequest request) {
        Caller caller = request.caller();
        byte[] lasting = caller.describe(request.origin(), WhoamiApi::describe);
        return Future.succeededFuture(Answer.encoded(Buffer.buffer(lasting.length + MOST_OF_THIS_REQUEST)
                .appendBytes(lasting)
                .appendString(",\"rateLimit\":" + rateLimit(request.allowance()) + ",\"serverTime\":\""
                        + Times.format(request.receivedMillis()) + "\"}")));
    }

    /** The members up to the rate limit, without the closing brace. */
    private static byte[] describe(Caller caller, @Nullable String origin) {
        KeyRecord key = caller.key();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("businessId", key.businessId());
        members.put("keyType", key.tier().wireName());
        members.put("scopes", key.scopes());
        members.put("businessName", key.businessName());
        members.put("keyId", key.id());
        members.put("keyName", key.name());
        members.put("expiresAt", key.expiresAtMillis() == KeyRecord.NEVER ? null : Times.format(key.expiresAtMillis()));
        members.put("effectiveScopes", Scope.names(key.effectiveScopes()));
        if (key.tier() == KeyTier.PUBLIC) {
            members.put("origin", origin(caller, origin));
        }
        byte[] json = Answer.encode(members).getBytes();
        return Arrays.copyOf(json, json.length - 1);
    }

    /** Only allowed requests get here. */
    private static Map<String, @Nullable Object> origin(Caller caller, @Nullable String value) {
        Map<String, @Nullable Object> origin = new LinkedHashMap<>();
        origin.put("value", value);
        origin.put("allowed", true);
        origin.put(
                "matchedRule",
                caller.key().origins().allowsAny() ? "*" : value == null ? null : caller.matchOrigin(value));
        return origin;
    }

    private static String rateLimit(@Nullable Allowance allowance) {
        return allowance == null
                ? "null"
                : "{\"limit\":" + allowance.limit().limit() + ",\"windowSeconds\":"
                        + allowance.limit().windowSeconds() + ",\"remaining\":" + allowance.remaining() + "}";
    }
}
