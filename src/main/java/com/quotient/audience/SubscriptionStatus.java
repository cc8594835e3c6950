package com.quotient.audience;

/** Whether a person wants email, and whether email reaches them. */
enum SubscriptionStatus {
    SUBSCRIBED(true),
    NOT_SUBSCRIBED(false),
    UNSUBSCRIBED(true),
    PENDING(true),
    BOUNCED(false),
    SPAM(false);

    private final boolean forPublicKeys;

    SubscriptionStatus(boolean forPublicKeys) {
        this.forPublicKeys = forPublicKeys;
    }

    /** Whether a public key may set it; on a page, visitors speak for themselves. */
    boolean isForPublicKeys() {
        return forPublicKeys;
    }
}
