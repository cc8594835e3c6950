package com.quotient.flow;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Throwables;
import com.google.common.collect.Comparators;
import com.quotient.config.Durations;
import com.quotient.config.WebhookConfig;
import com.quotient.trace.TraceParent;
import com.quotient.trace.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks as <a href="https://www.standardwebhooks.com">Standard Webhooks</a>. Each attempt resolves the name
 * once, requires every address to be allowed, and connects to one of these addresses, so that a name cannot change its
 * address between check and use. Redirects are not followed, each attempt has its own connection, and only the status
 * of the response counts. Used by one event loop.
 */
final class WebhookClient {
    private static final int MAX_FAULT_LENGTH = 200;
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final Vertx vertx;
    private final WebhookConfig config;
    private final InstantSource clock;
    private final Tracing tracing;
    private final HostLookups lookups;
    private final HttpClient client;

    WebhookClient(
            Vertx vertx,
            WebhookConfig config,
            InstantSource clock,
            Tracing tracing,
            Function<String, Future<List<InetAddress>>> resolver) {
        this.vertx = vertx;
        this.config = config;
        this.clock = clock;
        this.tracing = tracing;
        this.lookups = new HostLookups(config, resolver);
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false).setVerifyHost(true),
                new PoolOptions().setHttp1MaxSize(config.maxInFlight()));
    }

    /**
     * The outcome of an attempt.
     *
     * @param fault null when the receiver accepted the webhook
     * @param gone whether the receiver wants no more webhooks (410)
     * @param retryAfter the receiver's {@code Retry-After}, at most {@code webhook.maxRetryDelay}; null without one
     */
    record Result(
            @Nullable String fault, boolean gone, @Nullable Duration retryAfter) {
        static Result failed(String fault) {
            return new Result(fault, false, null);
        }
    }

    /** The host is not allowed. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Makes one attempt. The future never fails and completes at the deadline at the latest.
     *
     * @param deadlineNanos on the scale of {@link System#nanoTime()}
     */
    Future<Result> send(Delivery delivery, long deadlineNanos) {
        WebhookSpan span = WebhookSpan.begin(tracing, delivery);
        // A URL stored by an older version may be invalid now; that fails only this delivery.
        return Future.succeededFuture(delivery.url())
                .map(Receiver::parse)
                .compose(receiver -> addresses(receiver, delivery.businessId(), millisUntil(deadlineNanos))
                        .compose(addresses -> {
                            InetAddress address = choose(addresses, delivery.attempts());
                            long millis = millisUntil(deadlineNanos);
                            return millis <= 0
                                    ? Future.succeededFuture(timeout())
                                    : new Exchange(span).run(receiver, address, delivery, millis);
                        }))
                .otherwise(failure -> failure instanceof TimeoutException ? timeout() : Result.failed(fault(failure)))
                .onSuccess(span::ended);
    }

    /** The look-up continues after the deadline and serves the next attempt. */
    private Future<List<InetAddress>> addresses(Receiver receiver, String businessId, long millis) {
        if (!receiver.canProveItself()) {
            return Future.failedFuture(new Refused("TLS proves no host whose name has an underscore"));
        }
        return receiver.address() == null
                ? lookups.addresses(businessId, receiver.host()).timeout(Math.max(1, millis), TimeUnit.MILLISECONDS)
                : Future.succeededFuture(List.of(receiver.address()));
    }

    private static long millisUntil(long deadlineNanos) {
        return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    }

    private Result result(HttpClientResponse response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Result(null, false, null);
        }
        Duration asked = status == TOO_MANY_REQUESTS || status == UNAVAILABLE
                ? RetryAfter.parse(response.getHeader(HttpHeaders.RETRY_AFTER), clock.instant())
                : null;
        return new Result(
                "the receiver answered with status " + status,
                status == GONE,
                asked == null ? null : Comparators.min(asked, config.maxRetryDelay()));
    }

    /** Each attempt uses the next address. */
    private InetAddress choose(List<InetAddress> addresses, int attempt) {
        for (InetAddress address : addresses) {
            if (!config.allowPrivateAddresses() && !PublicNetworks.contain(address)) {
                throw new Refused("the host leads to " + address.getHostAddress() + ", which is not a public address");
            }
        }
        return addresses.get((attempt - 1) % addresses.size());
    }

    private Result timeout() {
        return Result.failed("it took longer than " + Durations.format(config.timeout()));
    }

    private static String fault(Throwable failure) {
        // The root cause names the fault of a certificate.
        Throwable cause = Throwables.getRootCause(failure);
        String fault = cause instanceof Refused || cause instanceof HostLookups.TooMany
                ? String.valueOf(cause.getMessage())
                : cause instanceof UnknownHostException
                        ? "the host cannot be found"
                        : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return Ascii.truncate(CharMatcher.javaIsoControl().replaceFrom(fault, ' '), MAX_FAULT_LENGTH, "…");
    }

    /** Sends one request and reads its response. */
    private final class Exchange {
        private final Promise<Result> result = Promise.promise();
        private final WebhookSpan span;
        private @Nullable HttpClientRequest request;
        private long timer;
        private long received;

        Exchange(WebhookSpan span) {
            this.span = span;
        }

        Future<Result> run(Receiver receiver, InetAddress address, Delivery delivery, long millis) {
            span.sentTo(receiver);
            timer = vertx.setTimer(millis, id -> end(timeout()));
            client.request(new RequestOptions()
                            .setMethod(HttpMethod.POST)
                            // Connect to this address; host and port are for the Host header and the certificate check.
                            .setServer(SocketAddress.inetSocketAddress(receiver.port(), address.getHostAddress()))
                            .setHost(receiver.host())
                            .setPort(receiver.port())
                            .setSsl(receiver.tls())
                            .setURI(receiver.uri())
                            .setConnectTimeout(millis)
                            .setFollowRedirects(false))
                    .compose(opened -> post(opened, receiver, delivery))
                    .onComplete(this::answered, failure -> end(Result.failed(fault(failure))));
            return result.future();
        }

        private Future<HttpClientResponse> post(HttpClientRequest opened, Receiver receiver, Delivery delivery) {
            request = opened;
            if (receiver.host().indexOf(':') >= 0) {
                opened.authority(HostAndPort.authority(receiver.hostInUrl(), receiver.port()));
            }
            if (result.future().isComplete()) {
                abort();
                return Future.failedFuture("The connection was opened too late.");
            }
            Buffer body = WebhookMessage.of(delivery);
            long seconds = clock.millis() / 1000;
            byte[] bytes = body.getBytes();
            opened.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .putHeader(HttpHeaders.USER_AGENT, "Quotient-Webhooks")
                    .putHeader("webhook-id", delivery.id())
                    .putHeader("webhook-timestamp", Long.toString(seconds))
                    .putHeader(
                            "webhook-signature",
                            delivery.secrets().stream()
                                    .map(secret -> secret.sign(delivery.id(), seconds, bytes))
                                    .collect(Collectors.joining(" ")));
            TraceParent trace = span.trace();
            if (trace != null) {
                opened.putHeader(TraceParent.HEADER, trace.header());
            }
            return opened.send(body);
        }

        /** The status decides. The rest is read up to a limit, so that the receiver can finish writing. */
        private void answered(HttpClientResponse response) {
            span.answered(response.statusCode());
            result.tryComplete(result(response));
            response.exceptionHandler(failure -> vertx.cancelTimer(timer));
            response.endHandler(end -> vertx.cancelTimer(timer));
            response.handler(chunk -> {
                received += chunk.length();
                if (received > config.maxResponseBytes()) {
                    abort();
                }
            });
        }

        private void end(Result ended) {
            vertx.cancelTimer(timer);
            result.tryComplete(ended);
            abort();
        }

        private void abort() {
            if (request != null) {
                // The outcome was reported already.
                request.connection().close().otherwiseEmpty();
            }
        }
    }
}
