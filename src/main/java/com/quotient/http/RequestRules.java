package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerRequest;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules for a request head beyond its grammar, for HTTP/1.1 (RFC 9112) and HTTP/2 (RFC 9113). */
final class RequestRules {
    /** The colon and the space of a header in HTTP/1.1, so that a limit means the same in both protocols. */
    private static final int SEPARATOR_BYTES = 2;

    private static final String HOST = "Host must be the name and the port of this server.";

    /** By ASCII character, whether it may stand in the name of a host (RFC 3986 section 3.2.2). */
    private static final boolean[] HOST_CHARACTERS = new boolean[128];

    static {
        for (char c = 0; c < HOST_CHARACTERS.length; c++) {
            HOST_CHARACTERS[c] = Character.isLetterOrDigit(c) || "-._~%!$&'()*+,;=".indexOf(c) >= 0;
        }
    }

    private RequestRules() {}

    /** The fault of a well-formed HTTP/1.1 head, as a sentence, or null. */
    static @Nullable String fault(HttpRequest request) {
        int hosts = 0;
        int codings = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> headers =
                request.headers().iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            CharSequence name = header.getKey();
            if (name.length() == HttpHeaderNames.HOST.length()
                    && AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.HOST)) {
                hosts++;
                if (!isHost(header.getValue())) {
                    return HOST;
                }
            } else if (name.length() == HttpHeaderNames.TRANSFER_ENCODING.length()
                    && AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.TRANSFER_ENCODING)) {
                codings++;
                if (!AsciiString.contentEqualsIgnoreCase(header.getValue(), HttpHeaderValues.CHUNKED)) {
                    return "Transfer-Encoding must be chunked and nothing else.";
                }
            }
        }
        if (codings > 1) {
            return "Transfer-Encoding is given twice.";
        }
        if (hosts > 1 || hosts == 0 && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return hosts == 0 ? "HTTP/1.1 needs a Host header." : "Host is given twice.";
        }
        return isTarget(request.method(), request.uri())
                ? null
                : "The request line must name a path that begins with a slash, without a fragment.";
    }

    /** The fault of an HTTP/2 head that Vert.x accepted, or null. Vert.x does not limit its length, so this does. */
    static @Nullable Problem fault(HttpServerRequest request, HttpConfig limits) {
        String path = request.uri();
        if (path == null) {
            return Problem.invalid("", "This server is no proxy: CONNECT is not served.");
        }
        if (path.length() > limits.maxLineBytes()) {
            return Problem.of(ProblemType.URI_TOO_LONG, "The path is too long.");
        }
        long bytes = 0;
        int count = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            bytes += header.getKey().length() + header.getValue().length() + SEPARATOR_BYTES;
            count++;
        }
        if (bytes > limits.maxHeaderBytes() || count > limits.maxHeaders()) {
            return headersTooLarge();
        }
        if (request.authority() == null) {
            return Problem.invalid("", "The request names no host: :authority is missing.");
        }
        return isVisible(path) && isTarget(HttpMethod.valueOf(request.method().name()), path)
                ? null
                : Problem.invalid("", "The path must begin with a slash and hold neither spaces nor a fragment.");
    }

    static Problem headersTooLarge() {
        return Problem.of(ProblemType.HEADERS_TOO_LARGE, "The headers are too large, or too many.");
    }

    /** A path, a whole URL of this server (RFC 9112 section 3.2.2), or {@code *} for the server as a whole. */
    private static boolean isTarget(HttpMethod method, String target) {
        if (target.indexOf('#') >= 0) {
            return false;
        }
        return target.startsWith("/")
                || target.regionMatches(true, 0, "http://", 0, 7)
                || target.regionMatches(true, 0, "https://", 0, 8)
                || target.equals("*") && method.equals(HttpMethod.OPTIONS);
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) == 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** A name or an address in brackets, and a port; or nothing, which RFC 9112 section 3.2 allows. */
    private static boolean isHost(CharSequence value) {
        int length = value.length();
        int i = 0;
        if (length > 0 && value.charAt(0) == '[') {
            for (i = 1; i < length && value.charAt(i) != ']'; i++) {
                if (Character.digit(value.charAt(i), 16) < 0 && value.charAt(i) != ':' && value.charAt(i) != '.') {
                    return false;
                }
            }
            i++;
        } else {
            while (i < length && value.charAt(i) < 128 && HOST_CHARACTERS[value.charAt(i)]) {
                i++;
            }
        }
        if (i < length && value.charAt(i) == ':') {
            i++;
            while (i < length && value.charAt(i) >= '0' && value.charAt(i) <= '9') {
                i++;
            }
        }
        return i == length;
    }
}
