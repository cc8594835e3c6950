package com.quotient.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Resets a connection whose client reads nothing for a time. The deadline starts when the write buffer of the channel
 * is full, so a connection that is read costs nothing; what is buffered below that mark is small. Responses that wait
 * for an HTTP/2 window are handled by {@link Responses}. One per channel.
 */
final class WriteDeadline extends ChannelInboundHandlerAdapter {
    private final long deadlineMillis;
    private final LongAdder stalled;
    private @Nullable ScheduledFuture<?> check;

    WriteDeadline(long deadlineMillis, LongAdder stalled) {
        this.deadlineMillis = deadlineMillis;
        this.stalled = stalled;
    }

    /** Resets a connection and discards what it still holds, here and in the kernel. */
    static void reset(HttpConnection connection) {
        reset(((HttpServerConnection) connection).channelHandlerContext().channel());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        cancel();
        if (!context.channel().isWritable()) {
            watch(context);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    private void watch(ChannelHandlerContext context) {
        long waiting = waitingBytes(context.channel());
        check = context.executor()
                .schedule(
                        () -> {
                            if (waitingBytes(context.channel()) < waiting) {
                                watch(context);
                            } else {
                                stalled.increment();
                                reset(context.channel());
                            }
                        },
                        deadlineMillis,
                        TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        if (check != null) {
            check.cancel(false);
            check = null;
        }
    }

    private static long waitingBytes(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Closes from the first handler, since those of Vert.x would wait until everything is written. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }
}
