package com.quotient.dashboard;

import com.quotient.http.ApiRequest;
import com.quotient.keys.Actor;
import java.time.Instant;

/**
 * A request of somebody who is signed in and may make it.
 *
 * @param token the secret in the cookie
 */
record Visit(ApiRequest request, Session session, String token) {
    /** The tenant. It comes from the session and from nowhere else. */
    String businessId() {
        return session.businessId();
    }

    Instant now() {
        return Instant.ofEpochMilli(request.receivedMillis());
    }

    /** For the audit. */
    Actor actor() {
        return new Actor(session.userId(), request.clientAddress());
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "Visit[" + session.id() + "]";
    }
}
