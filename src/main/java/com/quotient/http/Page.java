package com.quotient.http;

/** The requested page of a list. Pages count from 1; a limit above 100 is reduced to 100. */
public record Page(int number, int limit) {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 100;

    public static Page from(Query query) {
        return new Page(query.count("page", 1, Integer.MAX_VALUE), query.count("limit", DEFAULT_LIMIT, MAX_LIMIT));
    }

    public long offset() {
        return (number - 1L) * limit;
    }

    /** The member {@code pageData}. */
    public PageData data(long total) {
        return new PageData(number, limit, total, offset() + limit < total);
    }

    /** The four members of the wire, in this order. */
    public record PageData(int page, int limit, long total, boolean isNextPageAvailable) {}
}
