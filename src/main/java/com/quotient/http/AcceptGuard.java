package com.quotient.http;

import com.quotient.config.Config;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches connections from their acceptance to the head of their first request. A server that speaks HTTP/1.1 and HTTP/2
 * on one clear-text port cannot tell which until then, and Vert.x shows a connection only once it can; without this guard
 * a client that sends nothing, or one byte a minute, would have no deadline and count for no limit. Vert.x has no public
 * place for it, so it stands on the transport, as the handler of the accepting channel.
 */
public final class AcceptGuard {
    private static final String HTTP2_UPGRADE = "h2c";

    private final long deadlineMillis;
    private final int most;
    private final HttpStats stats;

    public AcceptGuard(Config.Http config, HttpStats stats) {
        this.deadlineMillis = config.headerDeadline().toMillis();
        this.most = config.maxConnections();
        this.stats = stats;
    }

    /** The best transport of the machine, guarded. */
    public Transport transport() {
        return Transport.EPOLL != null && Transport.EPOLL.available()
                ? new TransportInternal("epoll", true, null, new EpollTransport() {
                    @Override
                    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                        super.configure(options, domainSocket, bootstrap);
                        bootstrap.handler(new Acceptor());
                    }
                })
                : new TransportInternal("nio", true, null, new NioTransport() {
                    @Override
                    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                        super.configure(options, domainSocket, bootstrap);
                        bootstrap.handler(new Acceptor());
                    }
                });
    }

    /** From here on the connection is watched by whoever serves it. */
    public static void release(HttpConnection connection) {
        FirstRequest guard = ((HttpServerConnection) connection)
                .channelHandlerContext()
                .pipeline()
                .get(FirstRequest.class);
        if (guard != null) {
            guard.release();
        }
    }

    /** On the channel that accepts; what it reads are the accepted channels. */
    @ChannelHandler.Sharable
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            ((Channel) accepted).pipeline().addLast(new FirstRequest());
            context.fireChannelRead(accepted);
        }
    }

    /** On one accepted channel, before every other handler. Nobody waits for a channel to be closed. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private final class FirstRequest extends ChannelDuplexHandler {
        private @Nullable ChannelHandlerContext context;
        private @Nullable ScheduledFuture<?> deadline;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
            stats.newConnections.increment();
            if (stats.openConnections() > most) {
                stats.refusedConnections.increment();
                added.close();
                return;
            }
            deadline = added.executor()
                    .schedule(
                            () -> {
                                added.close();
                            },
                            deadlineMillis,
                            TimeUnit.MILLISECONDS);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext removed) {
            stats.newConnections.decrement();
            if (deadline != null) {
                deadline.cancel(false);
            }
        }

        /**
         * The only answer before a first request is Vert.x's 400 to a broken upgrade to HTTP/2. It neither closes the
         * connection nor releases what is still read from it; this does both.
         */
        @Override
        public void write(ChannelHandlerContext writing, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof ByteBuf bytes && isRefusal(bytes)) {
                if (writing.pipeline().get(HTTP2_UPGRADE) != null) {
                    writing.pipeline().remove(HTTP2_UPGRADE);
                }
                promise.addListener(ChannelFutureListener.CLOSE);
            }
            super.write(writing, message, promise);
        }

        void release() {
            if (context != null) {
                context.pipeline().remove(this);
            }
        }

        /** {@code HTTP/1.1 400}, as against {@code HTTP/1.1 101}. */
        private static boolean isRefusal(ByteBuf bytes) {
            int status = bytes.readerIndex() + "HTTP/1.1 ".length();
            return bytes.writerIndex() > status
                    && bytes.getByte(bytes.readerIndex()) == 'H'
                    && bytes.getByte(status) == '4';
        }
    }
}
