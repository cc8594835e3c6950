package com.quotient.http;

import org.jspecify.annotations.Nullable;

/** Conditional requests (RFC 9110 section 13.1.2). */
final class EntityTags {
    private static final String ANY = "*";
    private static final String WEAK = "W/";

    private EntityTags() {}

    /** Whether {@code If-None-Match} names the tag; compared weakly, as the RFC wants it for this header. */
    static boolean match(@Nullable String ifNoneMatch, String etag) {
        if (ifNoneMatch == null) {
            return false;
        }
        String wanted = opaque(etag);
        for (String given : ifNoneMatch.split(",")) {
            String tag = given.strip();
            if (tag.equals(ANY) || opaque(tag).equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static String opaque(String tag) {
        return tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag;
    }
}
