package com.quotient.http;

import com.quotient.trace.TraceParent;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers that every request is checked for, found in one pass. */
final class RequestHead {
    /** The memory of a header beside its characters. */
    private static final int HEADER_BYTES = 128;

    private @Nullable String authorization;
    private @Nullable String origin;
    private @Nullable String requestId;
    private @Nullable String idempotencyKey;
    private @Nullable CharSequence userAgent;
    private @Nullable String traceparent;
    private boolean severalAuthorizations;
    private boolean severalOrigins;
    private boolean fetchMetadata;
    private boolean announcesBody;
    private int heldBytes;

    RequestHead(MultiMap headers) {
        if (headers instanceof io.netty.handler.codec.http.HttpHeaders http1) {
            // Compared as read, so that names need not become strings.
            Iterator<Map.Entry<CharSequence, CharSequence>> each = http1.iteratorCharSequence();
            while (each.hasNext()) {
                Map.Entry<CharSequence, CharSequence> header = each.next();
                take(header.getKey(), header.getValue());
            }
        } else {
            headers.forEach((name, value) -> take(name, value));
        }
    }

    /** The value of the {@code Authorization} header; null if there is none or more than one. */
    @Nullable
    String authorization() {
        return severalAuthorizations ? null : authorization;
    }

    boolean hasAuthorization() {
        return authorization != null;
    }

    /** The first {@code Origin} header, or null. */
    @Nullable
    String origin() {
        return origin;
    }

    boolean hasSeveralOrigins() {
        return severalOrigins;
    }

    /** The first {@code X-Request-Id} header, or null. */
    @Nullable
    String requestId() {
        return requestId;
    }

    /** The {@code Idempotency-Key} header; null if there is none, empty if there are several. */
    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    /** The last {@code User-Agent} header, or null. */
    @Nullable
    CharSequence userAgent() {
        return userAgent;
    }

    /** The {@code traceparent} header; null if there is none, empty if there are several. */
    @Nullable
    String traceparent() {
        return traceparent;
    }

    /** Whether there is a {@code Sec-Fetch-Site} header, which only browsers send. */
    boolean hasFetchMetadata() {
        return fetchMetadata;
    }

    /** Whether a body follows, by the rules of HTTP/1.1 (RFC 9112 section 6.3). */
    boolean announcesBody() {
        return announcesBody;
    }

    /** The approximate memory of the headers. */
    int heldBytes() {
        return heldBytes;
    }

    private void take(CharSequence name, CharSequence value) {
        heldBytes += HEADER_BYTES + name.length() + value.length();
        switch (name.length()) {
            case 6 -> {
                if (is(name, HttpHeaders.ORIGIN)) {
                    severalOrigins = origin != null;
                    origin = origin == null ? value.toString() : origin;
                }
            }
            case 10 -> {
                if (is(name, HttpHeaders.USER_AGENT)) {
                    userAgent = value;
                }
            }
            case 11 -> {
                if (is(name, TraceParent.HEADER)) {
                    traceparent = traceparent == null ? value.toString() : "";
                }
            }
            case 12 -> {
                if (requestId == null && is(name, HttpNames.X_REQUEST_ID)) {
                    requestId = value.toString();
                }
            }
            case 13 -> {
                if (is(name, HttpHeaders.AUTHORIZATION)) {
                    severalAuthorizations = authorization != null;
                    authorization = value.toString();
                }
            }
            case 14 -> {
                if (is(name, HttpHeaders.CONTENT_LENGTH)) {
                    announcesBody = true;
                } else if (is(name, HttpNames.SEC_FETCH_SITE)) {
                    fetchMetadata = true;
                }
            }
            case 15 -> {
                if (is(name, HttpNames.IDEMPOTENCY_KEY)) {
                    idempotencyKey = idempotencyKey == null ? value.toString() : "";
                }
            }
            case 17 -> announcesBody |= is(name, HttpHeaders.TRANSFER_ENCODING);
            default -> {}
        }
    }

    private static boolean is(CharSequence name, CharSequence wanted) {
        return AsciiString.contentEqualsIgnoreCase(name, wanted);
    }
}
