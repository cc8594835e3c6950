package com.quotient.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Counts the memory of an incomplete HTTP/2 header block, since Netty keeps the frames of a block until the last one
 * arrives (RFC 9113 section 4.3). Reads only the headers of frames. It precedes the decoder, from the preface on. A
 * connection has one block at a time.
 */
final class HeaderBlocks extends ChannelInboundHandlerAdapter {
    private static final int PREFACE_BYTES = 24;
    private static final int FRAME_HEAD_BYTES = 9;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    /** The receive buffer, and the one in which Netty joins the frames. */
    private static final int HELD_PER_BYTE = 2;

    private final HeldHead held;

    /** The bytes still to come of the preface or the current frame. */
    private int rest = PREFACE_BYTES;

    private final byte[] frameHead = new byte[FRAME_HEAD_BYTES];
    private int frameHeadBytes;
    private boolean inBlock;
    private boolean endsBlock;
    private int blockBytes;
    private boolean closed;

    HeaderBlocks(Budget heads) {
        this.held = new HeldHead(heads);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closed) {
            ReferenceCountUtil.release(message);
            return;
        }
        pass((ByteBuf) message);
        if (held.hold(context.channel(), (long) HELD_PER_BYTE * blockBytes)) {
            context.fireChannelRead(message);
        } else {
            closed = true;
            ReferenceCountUtil.release(message);
            var unused = context.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.giveBack();
    }

    private void pass(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (rest > 0) {
                int passed = Math.min(rest, end - at);
                rest -= passed;
                at += passed;
                blockBytes += inBlock ? passed : 0;
            } else {
                frameHead[frameHeadBytes++] = bytes.getByte(at++);
            }
            if (rest == 0 && inBlock && endsBlock) {
                inBlock = false;
                blockBytes = 0;
                held.giveBack();
            }
            if (frameHeadBytes == FRAME_HEAD_BYTES) {
                begin();
            }
        }
    }

    private void begin() {
        frameHeadBytes = 0;
        rest = (frameHead[0] & 0xFF) << 16 | (frameHead[1] & 0xFF) << 8 | frameHead[2] & 0xFF;
        int type = frameHead[3];
        inBlock = type == HEADERS || type == CONTINUATION;
        endsBlock = (frameHead[4] & END_HEADERS) != 0;
        if (inBlock && rest == 0 && endsBlock) {
            inBlock = false;
            blockBytes = 0;
            held.giveBack();
        }
    }
}
