package com.quotient.dashboard;

import com.quotient.dashboard.KeyView.AllowView;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import com.quotient.origin.OriginAdvice;
import com.quotient.origin.OriginRules;
import com.quotient.usage.UsageHistoryStore.Refusal;
import org.jspecify.annotations.Nullable;

/** Says why a request was refused and what to do, in sentences. */
final class RefusalAdvice {
    private RefusalAdvice() {}

    static String explain(Refusal refusal) {
        return switch (refusal.reason()) {
            case "revoked" -> "The key is revoked. Use another key.";
            case "disabled" -> "The key is disabled. Enable it, or use another key.";
            case "expired" -> "The key has expired. Give it a later expiry, or use another key.";
            case "browser" -> "A private key was sent by a browser. Rotate it, and use a public key in pages.";
            case "origin" -> "The origin is not in the key's list. Add it if the page is yours.";
            case "origin_missing" ->
                "The request had no Origin header, and the key is bound to origins. Call it from a page, or let the key"
                        + " allow a missing origin.";
            case "address" -> "The network address is not in the key's list. Add it if the server is yours.";
            case "tier" -> "A public key may not call this. Use a private key on a server.";
            case "scope" -> "The key lacks the scope. Add the scope, or use another key.";
            case "rate_limited" -> "The key's rate limit was used up. Send fewer requests, or raise the limit.";
            default -> "The request was refused.";
        };
    }

    /** What to add to a list of the key, or null where that does not help. */
    static @Nullable AllowView allow(Refusal refusal, KeySpec spec) {
        String subject = refusal.subject();
        if (subject.isEmpty()) {
            return null;
        }
        if (refusal.reason().equals("address")) {
            return new AllowView(subject, null);
        }
        if (!refusal.reason().equals("origin") || spec.tier() != KeyTier.PUBLIC) {
            return null;
        }
        String entry = OriginAdvice.entryFor(subject);
        return entry == null
                ? null
                : new AllowView(entry, OriginAdvice.warning(OriginRules.of(spec.allowedOrigins()), subject));
    }
}
