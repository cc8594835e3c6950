package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.config.IoTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Guards connections from their acceptance to the head of their first request. On a clear-text port that speaks
 * HTTP/1.1 and HTTP/2, Vert.x exposes a connection only after its first bytes. Without this guard, a client that sends
 * nothing, or one byte a minute, would have no deadline and count for no limit. With TLS the same is true of the time of
 * the handshake. Vert.x has no public hook for it, so the guard is a handler of the accepting channel.
 */
public final class AcceptGuard {
    private static final String HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String HTTP1_DECODER = "httpDecoder";
    private static final String TLS = "ssl";

    /** Bounds what a paused request holds, since Vert.x stops reading only between two reads. */
    private static final int READS_PER_TURN = 4;

    private static final int MIN_READ_BYTES = 512;
    private static final int FIRST_READ_BYTES = 2 * 1024;
    private static final int MAX_READ_BYTES = 16 * 1024;

    /** Small responses are buffered up to here for a client that does not read. Then its requests wait, too. */
    private static final int HIGH_WRITE_BYTES = 32 * 1024;

    private static final int LOW_WRITE_BYTES = 16 * 1024;

    private final long deadlineMillis;
    private final long writeDeadlineMillis;
    private final int max;
    private final int maxHeaders;
    private final Budget heads;
    private final AddressLimit addresses;
    private final HandshakeLimit handshakes;
    private final HttpStats stats;

    /** The connections of the current event loop. */
    private final FastThreadLocal<Connections> connections = new FastThreadLocal<>();

    /** Ports with a limit of their own. */
    private final Map<Integer, Limit> limits = new ConcurrentHashMap<>();
    /** The accepting channels, by port. */
    private final Map<Integer, Channel> listening = new ConcurrentHashMap<>();

    private record Limit(int max, AtomicInteger open) {}

    public AcceptGuard(HttpConfig config, HttpStats stats, Budgets budgets) {
        this.deadlineMillis = config.headerDeadline().toMillis();
        this.writeDeadlineMillis = config.writeDeadline().toMillis();
        this.max = Connections.limit(config);
        this.maxHeaders = config.maxHeaders();
        this.heads = budgets.heads();
        this.addresses = new AddressLimit(config);
        this.handshakes = new HandshakeLimit(config, System.nanoTime());
        this.stats = stats;
    }

    /** A transport of this machine, with the guard. */
    public Transport transport(IoTransport wanted) {
        return GuardedTransport.of(wanted, this::guard);
    }

    /** Sets the connections of this event loop, which make room for new ones when there are too many. */
    void serve(Connections ofThisLoop) {
        connections.set(ofThisLoop);
    }

    /** Bounds the connections to one port. They no longer count for the limit of the others. */
    public void limit(int port, int connections) {
        limits.put(port, new Limit(connections, new AtomicInteger()));
    }

    /**
     * Stops accepting connections on a port and keeps the open ones. Vert.x would close those that have not sent a
     * request yet.
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

    /** Ends the guard of a connection. Its {@link Connections} take over. */
    public static void release(HttpConnection connection) {
        FirstRequest guard = ((HttpServerConnection) connection)
                .channelHandlerContext()
                .pipeline()
                .get(FirstRequest.class);
        if (guard != null) {
            guard.release();
        }
    }

    private void decodeStrictly(ChannelPipeline pipeline, HttpServerOptions options) {
        if (pipeline.get(HTTP1_DECODER) != null) {
            pipeline.replace(HTTP1_DECODER, HTTP1_DECODER, new StrictRequestDecoder(options, maxHeaders, heads));
        }
    }

    /** Handler of the accepting channel, whose messages are the accepted channels. */
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

    /** First handler of one accepted channel, before that of TLS. Nobody waits for a channel to be closed. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private final class FirstRequest extends ChannelInboundHandlerAdapter {
        private final HttpServerOptions options;
        /** The bytes received before the protocol was known: at most the first packet and the length of the preface. */
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
                return isAdmittedToApi(channel);
            }
            channel.closeFuture().addListener(closed -> limit.open().decrementAndGet());
            return limit.open().incrementAndGet() <= limit.max();
        }

        private boolean isAdmittedToApi(Channel channel) {
            Connections ofThisLoop = connections.get();
            long now = System.nanoTime();
            boolean room = stats.openConnections() <= max || ofThisLoop != null && ofThisLoop.makeRoom(now);
            if (!room || !addresses.admit(channel)) {
                return false;
            }
            if (ofThisLoop != null) {
                ofThisLoop.accepted(channel, now);
            }
            return true;
        }

        /**
         * Vert.x chooses the protocol by the first bytes, and its HTTP/1.1 decoder would read them at once. So it first
         * gets a lone CR, which that decoder skips, and the decoder is replaced before the bytes follow.
         */
        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            if (chosen) {
                reading.fireChannelRead(message);
                return;
            }
            if (options.isSsl()) {
                chosen = true;
                long now = System.nanoTime();
                if (!handshakes.admit(reading.channel(), now)) {
                    stats.refusedHandshakes.increment();
                    ((ByteBuf) message).release();
                    reading.close();
                    return;
                }
                if (connections.get() != null) {
                    connections.get().heard(reading.channel(), now);
                }
                TlsRecords records = new TlsRecords(stats.failedHandshakes);
                reading.pipeline()
                        .addAfter(reading.name(), null, records)
                        .addAfter(TLS, null, new FirstDecrypted(options))
                        .addAfter(TLS, null, records.decrypted());
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
                decodeStrictly(reading.pipeline(), options);
            }
            reading.fireChannelRead(begin);
        }

        /** How many of the received bytes match the preface of HTTP/2. */
        private static int prefaceLength(ByteBuf begin) {
            int max = Math.min(begin.readableBytes(), HTTP2_PREFACE.length());
            int known = 0;
            while (known < max && begin.getByte(begin.readerIndex() + known) == HTTP2_PREFACE.charAt(known)) {
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

    /** Handler behind that of TLS, up to the first decrypted bytes. The handshake has chosen the protocol by then. */
    private final class FirstDecrypted extends ChannelInboundHandlerAdapter {
        private final HttpServerOptions options;

        FirstDecrypted(HttpServerOptions options) {
            this.options = options;
        }

        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            if (reading.pipeline().get(HTTP1_DECODER) == null) {
                reading.pipeline().addAfter(reading.name(), null, new HeaderBlocks(heads));
            } else {
                decodeStrictly(reading.pipeline(), options);
            }
            reading.pipeline().remove(this);
            reading.fireChannelRead(message);
        }
    }
}
