package com.quotient.db;

import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections of pools within one deadline, including TLS and login, and through the {@link LoginGate}. The
 * client itself limits only the TCP connect.
 */
final class Logins extends PgDriver {
    private static final Logger log = LoggerFactory.getLogger(Logins.class);

    private final Duration deadline;
    private final LoginGate gate;

    Logins(Duration deadline) {
        this.deadline = deadline;
        this.gate = new LoginGate(deadline, System::nanoTime);
    }

    @Override
    public ConnectionFactory<PgConnectOptions> createConnectionFactory(Vertx vertx, NetClientOptions transport) {
        return new Bounded(super.createConnectionFactory(vertx, transport));
    }

    /** Opens connections outside the pools: without the gate, and without a deadline while the server sends data. */
    ConnectionFactory<PgConnectOptions> patient(Vertx vertx, NetClientOptions transport) {
        return super.createConnectionFactory(vertx, transport);
    }

    /** A login outside the pools was answered, so others will succeed too. */
    void ended(@Nullable Object connection, @Nullable Throwable failure) {
        if (failure == null || PgErrors.sqlState(failure) != null) {
            gate.answered();
        }
    }

    private final class Bounded implements ConnectionFactory<PgConnectOptions> {
        private final ConnectionFactory<PgConnectOptions> factory;

        Bounded(ConnectionFactory<PgConnectOptions> factory) {
            this.factory = factory;
        }

        @Override
        public Future<SqlConnection> connect(Context context, PgConnectOptions options) {
            if (!gate.admits()) {
                return Future.failedFuture("the last login was not answered");
            }
            Future<SqlConnection> login = factory.connect(context, options);
            return login.timeout(deadline.toMillis(), TimeUnit.MILLISECONDS).andThen((connection, failure) -> {
                if (failure instanceof TimeoutException) {
                    gate.unanswered();
                    login.onSuccess(late -> late.close()
                            .onFailure(notClosed -> log.debug("A late connection did not close", notClosed)));
                } else {
                    ended(connection, failure);
                }
            });
        }

        @Override
        public void close(Completable<Void> completion) {
            factory.close(completion);
        }
    }
}
