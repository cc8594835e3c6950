package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;

/** The part of a caller's address that is stored with an event. */
public enum ClientAddressDetail {
    FULL,
    /** IPv4 to /24, IPv6 to /48. */
    TRUNCATED,
    NONE;

    @JsonCreator
    static ClientAddressDetail of(String name) {
        return Checks.choice("analytics.clientAddress", ClientAddressDetail.class, name);
    }
}
