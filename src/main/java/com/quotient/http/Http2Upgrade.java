package com.quotient.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * The upgrade of a first request to HTTP/2 ({@code Upgrade: h2c}, RFC 7540 section 3.2, which RFC 9113 withdrew). A
 * server may ignore it and answer in HTTP/1.1. It is ignored if the request has a body or malformed settings.
 */
final class Http2Upgrade {
    private Http2Upgrade() {}

    /**
     * Removes an upgrade that is not safe.
     *
     * @param hasMore whether the request announces a body, or more than its head has come
     * @return whether the upgrade is kept
     */
    static boolean keepOnlyIfSafe(HttpRequest request, boolean hasMore) {
        if (!request.headers().contains(HttpHeaderNames.UPGRADE)) {
            return false;
        }
        boolean safe = !hasMore && hasSettings(request.headers());
        if (!safe) {
            forget(request);
        }
        return safe;
    }

    static void forget(HttpRequest request) {
        request.headers().remove(HttpHeaderNames.UPGRADE);
    }

    private static boolean hasSettings(HttpHeaders headers) {
        List<String> settings = headers.getAll(Http2CodecUtil.HTTP_UPGRADE_SETTINGS_HEADER);
        List<String> connection = headers.getAll(HttpHeaderNames.CONNECTION);
        return settings.size() == 1
                && connection.size() == 1
                && Arrays.asList(connection.get(0).toLowerCase(Locale.ROOT).split(" *, *"))
                        .containsAll(List.of("upgrade", "http2-settings"))
                && areReadable(settings.get(0));
    }

    private static boolean areReadable(String settings) {
        try {
            decoded(settings);
            return true;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static Http2Settings decoded(String settings) {
        ByteBuf bytes = Unpooled.wrappedBuffer(Base64.getUrlDecoder().decode(settings));
        Http2Settings decoded = new Http2Settings();
        while (bytes.isReadable()) {
            decoded.put((char) bytes.readUnsignedShort(), (Long) bytes.readUnsignedInt());
        }
        return decoded;
    }
}
