package com.quotient.analytics;

import com.quotient.analytics.Rejection.Code;

/** Ends the parsing of one event. Has no stack trace: the fault is in the input. */
final class RefusedEvent extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final String member;
    private final String detail;

    private RefusedEvent(Code code, String member, String detail) {
        super(detail, null, false, false);
        this.code = code;
        this.member = member;
        this.detail = detail;
    }

    /** For a fault of the event as a whole. */
    RefusedEvent(Code code, String detail) {
        this(code, "", detail);
    }

    /** For a fault of one member. */
    static RefusedEvent invalid(String member, String detail) {
        return new RefusedEvent(Code.INVALID_EVENT, member, detail);
    }

    /** The name of the invalid member; empty for the event as a whole. */
    String member() {
        return member;
    }

    Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return detail;
    }
}
