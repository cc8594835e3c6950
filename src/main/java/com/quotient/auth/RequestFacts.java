package com.quotient.auth;

import org.jspecify.annotations.Nullable;

/** What the checks read of a request. */
public interface RequestFacts {
    /** Method and path of the route as people read them, such as {@code POST /analytics}. */
    String routeName();

    /** When the request arrived, in milliseconds since 1970 by the database's clock. */
    long receivedMillis();

    /** The value of the {@code Origin} header, or null when the request has none. */
    @Nullable
    String origin();

    /** The value of the {@code User-Agent} header, or null when the request has none. */
    @Nullable
    CharSequence userAgent();

    /** Whether more than one {@code Origin} header was sent. No browser does that. */
    boolean hasSeveralOrigins();

    /** Whether a {@code Sec-Fetch-Site} header shows that a browser sent the request. */
    boolean hasFetchMetadata();

    /** The caller's address as an IP literal, see {@link ClientAddress}. */
    String clientAddress();
}
