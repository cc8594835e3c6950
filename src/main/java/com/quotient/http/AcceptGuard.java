package com.quotient.http;

import com.quotient.config.Config;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches connections from their acceptance to the head of their first request. A server that speaks HTTP/1.1 and HTTP/2
 * on one clear-text port cannot tell which until then, and Vert.x shows a connection only once it can; without this guard
 * a client that sends nothing, or one byte a minute, would have no deadline and count for no limit. Vert.x has no public
 * place for it, so it stands on the transport, as the handler of the accepting channel.
 */
public final class AcceptGuard {
    private static final String HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String HTTP1_DECODER = "httpDecoder";

    /** A request that is paused holds no more than is read at once, since Vert.x looks for it only then. */
    private static final int READS_PER_TURN = 4;

    private static final int MIN_READ_BYTES = 512;
    private static final int FIRST_READ_BYTES = 2 * 1024;
    private static final int MAX_READ_BYTES = 16 * 1024;

    /** Small responses may wait up to here for a client that does not read; then its requests wait, too. */
    private static final int HIGH_WRITE_BYTES = 32 * 1024;

    private static final int LOW_WRITE_BYTES = 16 * 1024;

    private final long deadlineMillis;
    private final long writeDeadlineMillis;
    private final int most;
    private final int maxHeaders;
    private final Budget heads;
    private final AddressLimit addresses;
    private final HttpStats stats;

    /** Those of the event loop that asks. */
    private final FastThreadLocal<Connections> connections = new FastThreadLocal<>();

    /** By the port listened on, of those that have a limit of their own. */
    private final Map<Integer, Limit> limits = new ConcurrentHashMap<>();
    /** What accepts, by the port listened on. */
    private final Map<Integer, Channel> listening = new ConcurrentHashMap<>();

    private record Limit(int most, AtomicInteger open) {}

    public AcceptGuard(Config.Http config, HttpStats stats, Budgets budgets) {
        this.deadlineMillis = config.headerDeadline().toMillis();
        this.writeDeadlineMillis = config.writeDeadline().toMillis();
        this.most = Connections.limit(config);
        this.maxHeaders = config.maxHeaders();
        this.heads = budgets.heads();
        this.addresses = new AddressLimit(config);
        this.stats = stats;
    }

    /** The best transport of the machine, guarded. */
    public Transport transport() {
        return Transport.EPOLL != null && Transport.EPOLL.available()
                ? new TransportInternal("epoll", true, null, new EpollTransport() {
                    @Override
                    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                        super.configure(options, domainSocket, bootstrap);
                        guard(bootstrap, (HttpServerOptions) options);
                    }
                })
                : new TransportInternal("nio", true, null, new NioTransport() {
                    @Override
                    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                        super.configure(options, domainSocket, bootstrap);
                        guard(bootstrap, (HttpServerOptions) options);
                    }
                });
    }

    /** Names those who serve on this event loop, which make room for new connections when there are too many. */
    void serve(Connections ofThisLoop) {
        connections.set(ofThisLoop);
    }

    /** Bounds the connections to one port, which then do not count for the limit of the others. */
    public void limit(int port, int connections) {
        limits.put(port, new Limit(connections, new AtomicInteger()));
    }

    /**
     * Accepts no connection on a port any more and leaves those that are open alone; Vert.x would close all that have not sent
     * a request yet.
     */
    @SuppressWarnings("FutureReturnValueIgnored")
    void stopAccepting(int port) {
        Channel channel = listening.remove(port);
        if (channel != null) {
            channel.close();
        }
    }

    /** Bounds what a connection may hold in the buffers of Netty, in either direction. */
    private void guard(ServerBootstrap bootstrap, HttpServerOptions options) {
        bootstrap.handler(new Acceptor(options));
        bootstrap.childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES)
                        .maxMessagesPerRead(READS_PER_TURN));
        bootstrap.childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WRITE_BYTES, HIGH_WRITE_BYTES));
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
        private final HttpServerOptions options;

        Acceptor(HttpServerOptions options) {
            this.options = options;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (context.channel().localAddress() instanceof InetSocketAddress address) {
                listening.put(address.getPort(), context.channel());
            }
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            ((Channel) accepted)
                    .pipeline()
                    .addLast(new WriteDeadline(writeDeadlineMillis, stats.stalledResponses), new FirstRequest(options));
            context.fireChannelRead(accepted);
        }
    }

    /** On one accepted channel, before every other handler. Nobody waits for a channel to be closed. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private final class FirstRequest extends ChannelInboundHandlerAdapter {
        private final HttpServerOptions options;
        /** What has come before it was clear which protocol it is: no more than the first packet and some bytes. */
        private @Nullable ByteBuf held;

        private boolean chosen;
        private @Nullable ChannelHandlerContext context;
        private @Nullable ScheduledFuture<?> deadline;

        FirstRequest(HttpServerOptions options) {
            this.options = options;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
            stats.newConnections.increment();
            if (!isAdmitted(added.channel())) {
                stats.refusedConnections.increment();
                added.close();
                return;
            }
            if (connections.get() != null) {
                connections.get().accepted(added.channel());
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
            if (connections.get() != null) {
                connections.get().identified(removed.channel());
            }
            if (held != null) {
                held.release();
            }
            if (deadline != null) {
                deadline.cancel(false);
            }
        }

        private boolean isAdmitted(Channel channel) {
            Limit limit =
                    channel.localAddress() instanceof InetSocketAddress local ? limits.get(local.getPort()) : null;
            if (limit == null) {
                return (stats.openConnections() <= most || makeRoom()) && addresses.admit(channel);
            }
            channel.closeFuture().addListener(closed -> limit.open().decrementAndGet());
            return limit.open().incrementAndGet() <= limit.most();
        }

        private boolean makeRoom() {
            Connections ofThisLoop = connections.get();
            return ofThisLoop != null && ofThisLoop.makeRoom(System.nanoTime());
        }

        /**
         * Vert.x chooses the protocol by the first bytes, and its decoder for HTTP/1.1 would read them at once. So it is
         * told by a lone CR, which that decoder skips, and its decoder is replaced before the bytes come.
         */
        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            if (chosen) {
                reading.fireChannelRead(message);
                return;
            }
            ByteBuf begin = held == null ? (ByteBuf) message : Unpooled.wrappedBuffer(held, (ByteBuf) message);
            int known = prefaceLength(begin);
            if (known == begin.readableBytes() && known < HTTP2_PREFACE.length()) {
                held = begin;
                return;
            }
            held = null;
            chosen = true;
            if (known == HTTP2_PREFACE.length()) {
                reading.pipeline().addAfter(reading.name(), null, new HeaderBlocks(heads));
            } else {
                reading.fireChannelRead(Unpooled.wrappedBuffer(new byte[] {'\r'}));
                if (reading.pipeline().get(HTTP1_DECODER) != null) {
                    reading.pipeline()
                            .replace(
                                    HTTP1_DECODER, HTTP1_DECODER, new StrictRequestDecoder(options, maxHeaders, heads));
                }
            }
            reading.fireChannelRead(begin);
        }

        /** How many of the bytes that have come may be the preface of HTTP/2. */
        private static int prefaceLength(ByteBuf begin) {
            int most = Math.min(begin.readableBytes(), HTTP2_PREFACE.length());
            int known = 0;
            while (known < most && begin.getByte(begin.readerIndex() + known) == HTTP2_PREFACE.charAt(known)) {
                known++;
            }
            return known;
        }

        void release() {
            if (context != null) {
                context.pipeline().remove(this);
            }
        }
    }
}
