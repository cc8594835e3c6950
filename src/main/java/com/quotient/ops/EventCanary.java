package com.quotient.ops;

import com.quotient.config.CanaryConfig;
import com.quotient.config.HttpConfig;
import com.quotient.id.Ids;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import com.quotient.ops.CanaryStats.Step;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an event through this server's own HTTP port at an interval and reads it back, as a client would. It shows the
 * faults of the whole path, which no single metric sees: keys, ingest, commit, partitions, reads. The key is read from
 * its file each time, so that it can be rotated, and is never logged. One canary is in flight at most.
 */
public final class EventCanary extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(EventCanary.class);
    private static final String PATH = "/api/v0/analytics";
    private static final String EVENT_TYPE = "quotient_canary";
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");
    private static final int OK = 200;

    private final CanaryConfig config;
    private final HttpConfig http;
    private final int port;
    private final InstantSource clock;
    private final CanaryStats stats;

    /** {@code port}: the port that the API listens on. */
    public EventCanary(CanaryConfig config, HttpConfig http, int port, InstantSource clock, CanaryStats stats) {
        this.config = config;
        this.http = http;
        this.port = port;
        this.clock = clock;
        this.stats = stats;
    }

    @Override
    public Future<?> start() {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                // An idle connection would delay the stop of the server.
                .setKeepAlive(false)
                // It goes to an address of this machine, which is not in the certificate.
                .setSsl(http.isTls())
                .setTrustAll(true)
                .setVerifyHost(false)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) config.timeout().toMillis()));
        fly(client);
        vertx.setPeriodic(config.interval().toMillis(), timer -> fly(client));
        return Future.succeededFuture();
    }

    private void fly(HttpClient client) {
        Flight flight = new Flight(client);
        flight.run()
                .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(done -> stats.succeeded(clock.instant()))
                .onFailure(failure -> {
                    stats.failed(flight.step);
                    log.warn(
                            "The canary failed at step {}: {} See QuotientCanaryLost in the runbook.",
                            flight.step.label(),
                            failure instanceof Fault fault
                                    ? fault.getMessage()
                                    : failure instanceof TimeoutException
                                            ? "It took longer than canary.timeout."
                                            : "The connection failed ("
                                                    + failure.getClass().getSimpleName() + ").");
                });
    }

    /** A failure that is described in a sentence without the key. */
    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String sentence) {
            super(sentence, null, false, false);
        }
    }

    /** One event. */
    private final class Flight {
        private final HttpClient client;
        private final String session = Ids.next("canary_", clock.millis());
        private Step step = Step.KEY;

        Flight(HttpClient client) {
            this.client = client;
        }

        Future<Void> run() {
            return key().compose(key -> {
                        step = Step.SEND;
                        return send(key).compose(id -> {
                            step = Step.READ;
                            return read(key).map(events -> {
                                step = Step.FIND;
                                if (!events.toString().contains('"' + id + '"')) {
                                    throw new Fault("The event was acknowledged and cannot be read.");
                                }
                                return events;
                            });
                        });
                    })
                    .mapEmpty();
        }

        private Future<String> key() {
            return vertx.fileSystem().readFile(config.keyFile()).transform((file, failure) -> {
                String key = file == null ? "" : file.toString().strip();
                return KeyFormat.tier(key) == KeyTier.SECRET
                        ? Future.succeededFuture(key)
                        : Future.failedFuture(new Fault("The file of canary.keyFile "
                                + (file == null ? "cannot be read." : "holds no private key.")));
            });
        }

        private Future<String> send(String key) {
            Buffer event = new JsonObject()
                    .put("eventType", EVENT_TYPE)
                    .put("sessionId", session)
                    .toBuffer();
            return ask(HttpMethod.POST, PATH, key, event)
                    .map(answer -> answer.toJsonObject().getString("eventId", ""));
        }

        private Future<Buffer> read(String key) {
            String from = clock.instant().minus(1, ChronoUnit.DAYS).toString();
            return ask(
                    HttpMethod.GET,
                    PATH + "/events?limit=1&sessionId=" + session + "&from=" + from,
                    key,
                    Buffer.buffer());
        }

        private Future<Buffer> ask(HttpMethod method, String path, String key, Buffer body) {
            RequestOptions options = new RequestOptions()
                    .setMethod(method)
                    .setHost(EVERY_ADDRESS.contains(http.host()) ? "127.0.0.1" : http.host())
                    .setPort(port)
                    .setURI(path)
                    .setTimeout(config.timeout().toMillis())
                    .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
            return client.request(options)
                    .compose(request -> body.length() == 0 ? request.send() : request.send(body))
                    .compose(response -> response.body().map(answer -> accepted(response, answer)));
        }

        private static Buffer accepted(HttpClientResponse response, Buffer answer) {
            if (response.statusCode() != OK) {
                throw new Fault("The server answered with status " + response.statusCode() + ".");
            }
            return answer;
        }
    }
}
