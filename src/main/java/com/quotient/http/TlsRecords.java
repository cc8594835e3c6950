package com.quotient.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds what a client of TLS makes the server hold and compute without a request. The TLS of the JDK gathers a message
 * of a handshake of up to 32 KiB, copies it whole for each record, and answers each demand for new keys. So this handler
 * counts the records before they are decrypted, and {@link Decrypted} counts those that held data of the client. A
 * connection above a limit is closed.
 */
final class TlsRecords extends ChannelInboundHandlerAdapter {
    /** For all messages of a handshake. A browser's take less than 4 KiB, and no client sends a certificate. */
    static final int MAX_HANDSHAKE_BYTES = 8 * 1024;

    /** The maximum of TLS 1.3, and more than ciphers of TLS 1.2 need (RFC 8446 section 5.2). */
    static final int MAX_RECORD_BYTES = 16 * 1024 + 512;

    /** Records of a connection without data: its handshake, which takes less than 10, and demands for new keys. */
    static final int MAX_EMPTY_RECORDS = 100;

    private static final int HEADER_BYTES = 5;

    private final LongAdder failedHandshakes;
    private boolean handshaken;

    /** Received without data since then, the begun record included. */
    private int held;
    /** Received of the record that has begun, its header included. */
    private int begun;
    /** The length of its body; complete with its header. */
    private int length;

    /** Complete records without data. */
    private int empty;

    TlsRecords(LongAdder failedHandshakes) {
        this.failedHandshakes = failedHandshakes;
    }

    /** The handler behind that of TLS. */
    ChannelInboundHandlerAdapter decrypted() {
        return new Decrypted();
    }

    /** Looks at the limits afterwards, since one read may end the handshake and begin the first request. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the close.
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int emptyBefore = empty;
        held += bytes.readableBytes();
        count(bytes);
        reading.fireChannelRead(bytes);
        if (handshaken && empty <= emptyBefore) {
            held = begun;
        }
        if (held > (handshaken ? MAX_RECORD_BYTES : MAX_HANDSHAKE_BYTES)
                || length > MAX_RECORD_BYTES - HEADER_BYTES
                || empty > MAX_EMPTY_RECORDS) {
            reading.close();
        }
    }

    /** Counts the records that end here as empty, until they turn out to hold data. */
    private void count(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            if (begun < HEADER_BYTES) {
                length = (length << 8 | bytes.getUnsignedByte(at)) & 0xffff;
                begun++;
                at++;
            } else {
                int more = Math.min(HEADER_BYTES + length - begun, bytes.writerIndex() - at);
                begun += more;
                at += more;
            }
            if (begun >= HEADER_BYTES && begun == HEADER_BYTES + length) {
                begun = 0;
                length = 0;
                empty++;
            }
        }
    }

    private final class Decrypted extends ChannelInboundHandlerAdapter {
        /** One for each record: the engine of the JDK decrypts one at a time. */
        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            empty--;
            reading.fireChannelRead(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end) {
                if (end.isSuccess()) {
                    handshaken = true;
                    held = begun;
                } else {
                    failedHandshakes.increment();
                }
            }
            context.fireUserEventTriggered(event);
        }
    }
}
