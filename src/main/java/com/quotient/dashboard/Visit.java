package com.quotient.dashboard;

import com.quotient.http.ApiRequest;
import com.quotient.keys.Actor;
import java.time.Instant;

/**
 * A request that a signed-in user may make.
 *
 * @param token the secret in the cookie
 */
record Visit(ApiRequest request, Session session, String token) {
    /** The tenant, which comes only from the session. */
    String businessId() {
        return session.businessId();
    }

    Instant now() {
        return Instant.ofEpochMilli(request.receivedMillis());
    }

    /** The actor for the audit. */
    Actor actor() {
        return new Actor(session.userId(), request.clientAddress());
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "Visit[" + session.id() + "]";
    }
}
