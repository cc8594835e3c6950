package com.quotient.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;
import io.netty.util.ByteProcessor;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP/1.1 requests as RFC 9112 defines them. Netty's decoder tolerates what a proxy may read differently, such
 * as a folded header line or a second {@code Host}, and such differences enable request smuggling. So this class checks
 * the lines of a head before Netty reads them, and the whole head afterwards. The first fault makes the request
 * invalid, and the rest of the connection is discarded.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    /** Skips the bytes allowed in a word of the request line: visible ASCII, and bytes above ASCII. */
    private static final ByteProcessor WORD = value -> value < 0 || (value > ' ' && value != 0x7F);

    /** The memory per byte of a head: in its receive buffer, and as a header on the heap. */
    private static final int HELD_PER_BYTE = 3;

    /** The memory of a header beside its bytes. */
    private static final int HELD_PER_HEADER = 160;

    private final int maxHeaders;
    private final Budget heads;
    private final HeldHead held;

    /** The bytes read of an incomplete head. */
    private int headBytes;

    /** The headers of the request that is being read, including trailers. */
    private int headerCount;

    /** The request line has been read, but not the end of the headers. */
    private boolean inHeaders;

    private boolean inBody;
    private boolean broken;
    /** Only the first request may ask for HTTP/2, and only in clear text; with TLS, the handshake settles it. */
    private boolean mayUpgrade;

    /** Many short headers hold far more memory than their bytes, so their number is limited while they arrive. */
    StrictRequestDecoder(HttpServerOptions options, int maxHeaders, Budget heads) {
        super(options);
        this.maxHeaders = maxHeaders;
        this.mayUpgrade = !options.isSsl();
        this.heads = heads;
        this.held = new HeldHead(heads);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
        if (broken) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        String fault = inBody ? null : lineFault(bytes);
        if (fault != null) {
            bytes.skipBytes(bytes.readableBytes());
            out.add(createInvalidMessage());
            refuse(out, new BadHead(fault));
            return;
        }
        int before = bytes.readableBytes();
        super.decode(context, bytes, out);
        if (out.isEmpty()) {
            if (!inBody) {
                hold(context.channel(), before - bytes.readableBytes(), bytes.readableBytes());
            }
            return;
        }
        if (!inBody) {
            head(context, bytes.isReadable(), out);
        }
        inBody = !(out.get(out.size() - 1) instanceof LastHttpContent);
        if (!inBody) {
            headerCount = 0;
        }
    }

    /** The connection has ended; a refused request needs no further message. */
    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
        if (!broken) {
            super.decodeLast(context, bytes, out);
        }
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        String version = line[2];
        if (!version.equals(HttpVersion.HTTP_1_1.text()) && !version.equals(HttpVersion.HTTP_1_0.text())) {
            throw new BadHead("The request line must end with HTTP/1.1 or HTTP/1.0.");
        }
        inHeaders = true;
        return super.createMessage(line);
    }

    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (++headerCount > maxHeaders) {
            throw new TooLongHttpHeaderException("More than " + maxHeaders + " headers");
        }
        if (length == 0) {
            throw new BadHead("A header has no name.");
        }
        return super.splitHeaderName(line, start, length);
    }

    /** A client whose incomplete head does not fit the budget is disconnected without an answer. */
    private void hold(Channel channel, int read, int waiting) {
        headBytes += read;
        long bytes = (long) HELD_PER_BYTE * (headBytes + waiting) + (long) HELD_PER_HEADER * headerCount;
        if (!held.hold(channel, bytes)) {
            broken = true;
            var unused = channel.close();
        }
    }

    private void giveBack() {
        headBytes = 0;
        held.giveBack();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        giveBack();
        super.handlerRemoved0(context);
    }

    private void head(ChannelHandlerContext context, boolean moreFollows, List<Object> out) {
        giveBack();
        inHeaders = false;
        HttpRequest request = (HttpRequest) out.get(0);
        if (request.decoderResult().isFailure()) {
            refuse(out, request.decoderResult().cause());
            return;
        }
        String fault = RequestRules.fault(request);
        if (fault != null) {
            refuse(out, new BadHead(fault));
        } else if (mayUpgrade) {
            mayUpgrade = false;
            if (Http2Upgrade.keepOnlyIfSafe(request, out.size() == 1 || moreFollows)) {
                context.pipeline().addFirst(new HeaderBlocks(heads));
            }
        }
    }

    /** The invalid request becomes the only message, without its upgrade header, which Vert.x would honour. */
    private void refuse(List<Object> out, Throwable cause) {
        broken = true;
        HttpRequest request = (HttpRequest) out.get(0);
        request.setDecoderResult(DecoderResult.failure(cause));
        Http2Upgrade.forget(request);
        while (out.size() > 1) {
            out.remove(out.size() - 1);
        }
    }

    /**
     * The fault of the received lines up to the end of the head, or null. An incomplete line is checked again with its
     * rest.
     */
    private @Nullable String lineFault(ByteBuf bytes) {
        boolean headers = inHeaders;
        int end = bytes.writerIndex();
        int line = bytes.readerIndex();
        while (line < end) {
            byte begin = bytes.getByte(line);
            if (begin == ' ' || begin == '\t') {
                return headers
                        ? "A header is folded over several lines, which HTTP/1.1 no longer allows."
                        : "The request line begins with white space.";
            }
            boolean empty = begin == CR || begin == LF;
            if (empty && headers) {
                return null;
            }
            int feed = bytes.indexOf(line, end, LF);
            if (feed < 0) {
                return null;
            }
            if (!empty) {
                if (!headers && !isRequestLine(bytes, line, feed - 1)) {
                    return "The request line must be a method, a path and HTTP/1.1, with one space between them.";
                }
                headers = true;
            }
            line = feed + 1;
        }
        return null;
    }

    /**
     * Whether a line has three words with a single space between them. Netty accepts control characters and several
     * spaces.
     */
    private static boolean isRequestLine(ByteBuf bytes, int start, int end) {
        int target = wordEnd(bytes, start, end) + 1;
        int version = wordEnd(bytes, target, end) + 1;
        return target - 1 > start
                && version - 1 > target
                && version < end
                && bytes.getByte(target - 1) == ' '
                && bytes.getByte(version - 1) == ' '
                && wordEnd(bytes, version, end) == end;
    }

    private static int wordEnd(ByteBuf bytes, int start, int end) {
        int odd = start >= end ? -1 : bytes.forEachByte(start, end - start, WORD);
        return odd < 0 ? Math.max(start, end) : odd;
    }
}
