package com.quotient.trace;

import io.vertx.core.http.HttpHeaders;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, from its {@code traceparent} header (W3C Trace Context). Invalid headers are
 * ignored, as the standard demands. The {@code tracestate} header is not passed on.
 *
 * @param traceId 32 hexadecimal digits, lower case
 * @param parentId the span that calls, 16 hexadecimal digits, lower case
 * @param flags 2 hexadecimal digits; of the flags, {@code sampled} and {@code random} are kept
 */
public record TraceParent(String traceId, String parentId, String flags) {
    /** The name of the header. */
    public static final CharSequence HEADER = HttpHeaders.createOptimized("traceparent");

    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;

    /** The flags that the standard defines. */
    private static final int KNOWN_FLAGS = 0b11;

    /** Parses a header; null if it is absent or invalid. */
    public static @Nullable TraceParent parse(@Nullable String header) {
        if (header == null
                || header.length() < LENGTH
                || !isHex(header, 0, 2)
                || header.startsWith("ff")
                || header.charAt(2) != '-'
                || !isId(header, TRACE_ID, PARENT_ID - 1)
                || header.charAt(PARENT_ID - 1) != '-'
                || !isId(header, PARENT_ID, FLAGS - 1)
                || header.charAt(FLAGS - 1) != '-'
                || !isHex(header, FLAGS, LENGTH)
                || !isEnd(header)) {
            return null;
        }
        int flags = Integer.parseInt(header, FLAGS, LENGTH, 16) & KNOWN_FLAGS;
        return new TraceParent(
                header.substring(TRACE_ID, PARENT_ID - 1), header.substring(PARENT_ID, FLAGS - 1), "0" + flags);
    }

    /** This trace with a parent of its own, which stands for a span that nobody records. */
    public TraceParent child() {
        return of(traceId, flags);
    }

    /** A trace whose parent is not known. */
    public static TraceParent of(String traceId, String flags) {
        long parent = 0;
        while (parent == 0) {
            parent = ThreadLocalRandom.current().nextLong();
        }
        return new TraceParent(traceId, "%016x".formatted(parent), flags);
    }

    /** The header of a request that belongs to the trace. */
    public String header() {
        return "00-" + traceId + "-" + parentId + "-" + flags;
    }

    /** A later version may append more, after a dash. */
    private static boolean isEnd(String header) {
        return header.length() == LENGTH || !header.startsWith("00") && header.charAt(LENGTH) == '-';
    }

    private static boolean isId(String header, int from, int to) {
        boolean zero = true;
        for (int i = from; i < to && zero; i++) {
            zero = header.charAt(i) == '0';
        }
        return !zero && isHex(header, from, to);
    }

    private static boolean isHex(String header, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = header.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }
}
