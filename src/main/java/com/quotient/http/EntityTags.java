package com.quotient.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entity tags and conditional requests (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2). */
public final class EntityTags {
    private static final String ANY = "*";
    private static final String WEAK = "W/";
    private static final String GZIPPED = "-gzip\"";

    private static final int LENGTH = 32;

    private EntityTags() {}

    /** A strong tag, the same on every server: the beginning of the SHA-256 of the content. */
    static String of(Buffer content) {
        return quoted(Hashing.sha256().hashBytes(content.getBytes()));
    }

    /** A strong tag of content that these parts determine. */
    public static String of(String... parts) {
        return quoted(Hashing.sha256().hashString(String.join("\n", parts), UTF_8));
    }

    /**
     * Allows a change only to the version that the caller knows. Tags are compared strongly, as the RFC requires.
     *
     * @param ifMatch the header {@code If-Match}; null allows every change
     * @param current the tags of all forms of the current version
     * @throws com.quotient.problem.ProblemException 412 if none of them is named
     */
    public static void requireMatch(@Nullable String ifMatch, String... current) {
        if (ifMatch == null || ifMatch.strip().equals(ANY)) {
            return;
        }
        List<String> tags = List.of(current);
        for (String given : ifMatch.split(",")) {
            if (tags.contains(plain(given.strip()))) {
                return;
            }
        }
        throw Problem.of(
                        ProblemType.PRECONDITION_FAILED,
                        "It was changed since the version that If-Match names: read it again, and repeat the change with"
                                + " the ETag of that answer.")
                .exception();
    }

    /** Whether {@code If-None-Match} names the tag, compared weakly, as the RFC requires for this header. */
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

    private static String quoted(HashCode hash) {
        return '"' + hash.toString().substring(0, LENGTH) + '"';
    }

    /** The tag of the same content in compressed form, which must differ (RFC 9110 section 8.8.3.3). */
    static String gzipped(String etag) {
        return etag.substring(0, etag.length() - 1) + GZIPPED;
    }

    /** Without the suffix of the compressed form, since both forms have the same content. */
    private static String plain(String tag) {
        return tag.endsWith(GZIPPED) ? tag.substring(0, tag.length() - GZIPPED.length()) + '"' : tag;
    }

    private static String opaque(String tag) {
        return plain(tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag);
    }
}
