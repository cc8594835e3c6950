package com.quotient.http;

import com.google.common.hash.Hashing;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Entity tags and conditional requests (RFC 9110 sections 8.8.3 and 13.1.2). */
final class EntityTags {
    private static final String ANY = "*";
    private static final String WEAK = "W/";

    private static final int LENGTH = 32;

    private EntityTags() {}

    /** A strong tag, the same on every server: the beginning of the SHA-256 of what is handed out. */
    static String of(Buffer content) {
        return '"' + Hashing.sha256().hashBytes(content.getBytes()).toString().substring(0, LENGTH) + '"';
    }

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
