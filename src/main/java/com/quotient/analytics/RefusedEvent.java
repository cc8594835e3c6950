package com.quotient.analytics;

import com.quotient.analytics.Rejection.Code;

/** Ends the reading of one event. Carries no stack trace: the fault lies in the input. */
final class RefusedEvent extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final String detail;

    RefusedEvent(Code code, String detail) {
        super(detail, null, false, false);
        this.detail = detail;
        this.code = code;
    }

    static RefusedEvent invalid(String detail) {
        return new RefusedEvent(Code.INVALID_EVENT, detail);
    }

    Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return detail;
    }
}
