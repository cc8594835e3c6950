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
 * Reads requests of HTTP/1.1 as RFC 9112 writes them. Netty's decoder forgives what a proxy in front may read in another
 * way, such as a folded header line or a second {@code Host}, and two readings of one request are what smuggling is made
 * of. So the lines of a head are looked at before it reads them, and the head as a whole after that. The first fault makes
 * the request invalid, and whatever follows on the connection is thrown away.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    /** Passes over what may stand in a word of the request line: visible ASCII, and the bytes above it. */
    private static final ByteProcessor WORD = value -> value < 0 || (value > ' ' && value != 0x7F);

    /** What a byte of a head may hold: in the buffer it came in, and as a header in the heap. */
    private static final int HELD_PER_BYTE = 3;

    /** What a header holds beside its bytes. */
    private static final int HELD_PER_HEADER = 160;

    private final int maxHeaders;
    private final Budget heads;
    private final HeldHead held;

    /** Of the head that has not come whole, the bytes that were read. */
    private int headBytes;

    /** Of the request that is being read, trailers included. */
    private int headerCount;

    /** The line of the request is read, the end of its headers is not. */
    private boolean inHeaders;

    private boolean inBody;
    private boolean broken;
    private boolean first = true;

    /** Many short headers hold far more memory than their bytes, so their number is bounded while they come. */
    StrictRequestDecoder(HttpServerOptions options, int maxHeaders, Budget heads) {
        super(options);
        this.maxHeaders = maxHeaders;
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

    /** The connection ended; of a request that was refused there is no more to say. */
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

    /** Who sends heads and never ends them gets no memory for more; the connection ends without an answer. */
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
        } else if (first) {
            first = false;
            if (Http2Upgrade.keepOnlyIfSafe(request, out.size() == 1 || moreFollows)) {
                context.pipeline().addFirst(new HeaderBlocks(heads));
            }
        }
    }

    /** An invalid request stays the only message; without the wish to upgrade, which Vert.x would grant it. */
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
     * What is wrong with the lines that have come, up to the end of the head, or null. What has come of a line that is not
     * complete is seen again with the rest of it.
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

    /** Three words with a single space between them. Netty reads control characters as spaces, and many spaces as one. */
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
