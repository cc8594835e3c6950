package com.quotient.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Many senders of single events at once. Each retries an event with the same message id until it gets 200, as an SDK
 * does. Records the acknowledged events, and every status that a client could not handle.
 */
public final class EventLoad implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;
    private final IntSupplier port;
    private final String key;
    private final AtomicInteger left;
    private final AtomicInteger acknowledgedCount = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();

    /** {@code port} is asked before each try, so that it can choose one of several servers. */
    public EventLoad(IntSupplier port, String key, int events) {
        this.port = port;
        this.key = key;
        this.left = new AtomicInteger(events);
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(1000));
    }

    /** Completes when every event was acknowledged. */
    public Future<Void> run(int concurrency) {
        Future<?>[] senders = new Future<?>[concurrency];
        for (int i = 0; i < concurrency; i++) {
            Promise<Void> done = Promise.promise();
            senders[i] = done.future();
            next(done);
        }
        return Future.join(java.util.List.of(senders)).mapEmpty();
    }

    /** Begins no more events. */
    public void finish() {
        left.set(0);
    }

    public int acknowledgedCount() {
        return acknowledgedCount.get();
    }

    public int retries() {
        return retries.get();
    }

    /** The message ids that were answered with 200. */
    public Queue<String> acknowledged() {
        return acknowledged;
    }

    /** Answers that were neither 200 nor 503 with a Retry-After. */
    public Queue<String> surprises() {
        return surprises;
    }

    private void next(Promise<Void> done) {
        if (left.getAndDecrement() <= 0) {
            done.complete();
            return;
        }
        send(UUID.randomUUID().toString(), done);
    }

    private void send(String messageId, Promise<Void> done) {
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(port.getAsInt())
                .setMethod(HttpMethod.POST)
                .setURI("/api/v0/analytics")
                .setTimeout(30_000);
        client.request(options)
                .compose(request -> request.putHeader("Authorization", "Bearer " + key)
                        .putHeader("Content-Type", "application/json")
                        .send("{\"eventType\":\"pageView\",\"messageId\":\"" + messageId + "\",\"n\":1}"))
                .compose(response -> response.body().map(body -> {
                    if (response.statusCode() == 200) {
                        return true;
                    }
                    if (response.statusCode() != 503 || response.getHeader("Retry-After") == null) {
                        surprises.add(response.statusCode() + " " + body);
                    }
                    return false;
                }))
                .onComplete(answer -> {
                    if (answer.succeeded() && answer.result()) {
                        acknowledged.add(messageId);
                        acknowledgedCount.incrementAndGet();
                        next(done);
                    } else {
                        retries.incrementAndGet();
                        vertx.setTimer(50, timer -> send(messageId, done));
                    }
                });
    }

    @Override
    public void close() {
        TestServer.await(client.close());
        TestServer.await(vertx.close());
    }
}
