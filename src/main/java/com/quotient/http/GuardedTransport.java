package com.quotient.http;

import com.quotient.config.IoTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.IoUringTransport;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transports of Vert.x with a guard: it sees the bootstrap of every port before the port is opened. Native
 * transports depend on the platform, and io_uring on the kernel and its seccomp profile as well.
 */
final class GuardedTransport {
    private static final Logger log = LoggerFactory.getLogger(GuardedTransport.class);

    private GuardedTransport() {}

    /** The wanted transport, or the next best one if it is not available. */
    static Transport of(IoTransport wanted, BiConsumer<ServerBootstrap, HttpServerOptions> guard) {
        boolean any = wanted == IoTransport.AUTO;
        if ((any || wanted == IoTransport.IO_URING) && isAvailable(Transport.IO_URING, wanted)) {
            return named("io_uring", new IoUringTransport() {
                @Override
                public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                    super.configure(options, domainSocket, bootstrap);
                    guard.accept(bootstrap, (HttpServerOptions) options);
                }
            });
        }
        if (wanted != IoTransport.NIO && isAvailable(Transport.EPOLL, wanted)) {
            return named("epoll", new EpollTransport() {
                @Override
                public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                    super.configure(options, domainSocket, bootstrap);
                    guard.accept(bootstrap, (HttpServerOptions) options);
                }
            });
        }
        return named("nio", new NioTransport() {
            @Override
            public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                super.configure(options, domainSocket, bootstrap);
                guard.accept(bootstrap, (HttpServerOptions) options);
            }
        });
    }

    private static Transport named(String name, io.vertx.core.spi.transport.Transport implementation) {
        return new TransportInternal(name, true, null, implementation);
    }

    /** {@code transport} is null where its classes are missing. */
    private static boolean isAvailable(@Nullable Transport transport, IoTransport wanted) {
        if (transport != null && transport.available()) {
            return true;
        }
        if (wanted != IoTransport.AUTO && transport != null) {
            log.warn(
                    "{} is not available here, and the next best transport is used: {}",
                    transport.name(),
                    String.valueOf(transport.unavailabilityCause()));
        }
        return false;
    }
}
