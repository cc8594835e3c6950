package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.config.InvalidSetting;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the files of the certificate: reads them again and again, and serves what has changed to new connections. It
 * compares contents, since a mounted Secret keeps its names and times. A pair that cannot be served changes nothing, and
 * the log says why, once.
 */
public final class TlsCertificateVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(TlsCertificateVerticle.class);

    private final HttpConfig config;
    private final InstantSource clock;
    private final HttpStats stats;
    private final Function<TlsCertificate, Future<?>> port;
    private TlsCertificate served;
    private boolean reading;
    private String fault = "";

    /**
     * Follows the certificate of a port.
     *
     * @param served what the port serves so far
     * @param port serves another one
     */
    public TlsCertificateVerticle(
            HttpConfig config,
            InstantSource clock,
            HttpStats stats,
            TlsCertificate served,
            Function<TlsCertificate, Future<?>> port) {
        this.config = config;
        this.clock = clock;
        this.stats = stats;
        this.served = served;
        this.port = port;
    }

    @Override
    public Future<?> start() {
        if (hasExpired(served)) {
            log.warn("The certificate of the API has expired: {}", served);
        } else {
            log.info("The certificate of the API: {}", served);
        }
        show();
        vertx.setPeriodic(config.tlsReloadInterval().toMillis(), timer -> read());
        return Future.succeededFuture();
    }

    private void read() {
        if (reading) {
            return;
        }
        reading = true;
        vertx.executeBlocking(() -> TlsCertificate.read(config))
                .compose(this::serve)
                .onFailure(this::keep)
                .onComplete(done -> reading = false);
    }

    private Future<?> serve(TlsCertificate found) {
        if (!found.isSameAs(served)) {
            if (hasExpired(found)) {
                return Future.failedFuture(new InvalidSetting(
                        "The one in " + config.tlsCertificateFile() + " has expired: " + found + "."));
            }
            if (found.notBefore().isAfter(clock.instant())) {
                return Future.failedFuture(new InvalidSetting("The one in " + config.tlsCertificateFile()
                        + " is not valid before " + found.notBefore() + ": " + found + "."));
            }
            return port.apply(found).onSuccess(done -> {
                served = found;
                fault = "";
                show();
                log.info("The certificate of the API was replaced: {}", found);
            });
        }
        fault = "";
        return Future.succeededFuture();
    }

    private void keep(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(fault)) {
            fault = reason;
            log.warn("The API keeps its certificate ({}). {}", served, reason);
        }
    }

    private void show() {
        stats.certificateNotAfterSeconds = served.notAfter().getEpochSecond();
    }

    private boolean hasExpired(TlsCertificate certificate) {
        return certificate.notAfter().isBefore(clock.instant());
    }
}
