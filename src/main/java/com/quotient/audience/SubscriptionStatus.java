package com.quotient.audience;

/** Whether a person wants email, or whether it can be sent at all. */
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

    /** Whether a page may set it, where visitors speak for themselves. */
    boolean isForPublicKeys() {
        return forPublicKeys;
    }
}
