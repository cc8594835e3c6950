package com.quotient.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A balancer with many clients: every 100 ms it asks each server whether it is ready, and sends requests over
 * connections that are kept alive to those that are. Nothing is retried.
 */
public final class RequestLoad implements AutoCloseable {
    private static final int PROBE_MILLIS = 100;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(1000));
    private final List<ChildServer> servers;
    private final String key;
    private final Set<ChildServer> ready = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final long probes;
    private volatile boolean finished;

    /** The list may change while the load runs. */
    public RequestLoad(List<ChildServer> servers, String key) {
        this.servers = servers;
        this.key = key;
        ready.addAll(servers);
        probes = vertx.setPeriodic(PROBE_MILLIS, timer -> servers.forEach(this::probe));
    }

    /** Completes after {@link #finish()}. */
    public Future<Void> run(int clients) {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Promise<Void> done = Promise.promise();
            all.add(done.future());
            next(done);
        }
        return Future.join(all).mapEmpty();
    }

    public void finish() {
        finished = true;
    }

    /** Requests that were answered with 200. */
    public int answered() {
        return answered.get();
    }

    /** What came of the others. */
    public Queue<String> failures() {
        return failures;
    }

    private void probe(ChildServer server) {
        send(server.managementPort(), "/health/ready").onComplete(answer -> {
            if (answer.succeeded() && answer.result() == 200) {
                ready.add(server);
            } else {
                ready.remove(server);
            }
        });
    }

    private void next(Promise<Void> done) {
        if (finished) {
            done.complete();
            return;
        }
        List<ChildServer> choice = servers.stream().filter(ready::contains).toList();
        if (choice.isEmpty()) {
            vertx.setTimer(PROBE_MILLIS, timer -> next(done));
            return;
        }
        ChildServer server = choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
        send(server.apiPort(), "/api/v0/whoami").onComplete(answer -> {
            if (answer.failed()) {
                failures.add(answer.cause().toString());
            } else if (answer.result() != 200) {
                failures.add("status " + answer.result());
            } else {
                answered.incrementAndGet();
            }
            next(done);
        });
    }

    private Future<Integer> send(int port, String path) {
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setMethod(HttpMethod.GET)
                .setURI(path)
                .setTimeout(60_000);
        return client.request(options)
                .compose(request ->
                        request.putHeader("Authorization", "Bearer " + key).send())
                .compose(response -> response.body().map(response.statusCode()));
    }

    @Override
    public void close() {
        vertx.cancelTimer(probes);
        TestServer.await(client.close());
        TestServer.await(vertx.close());
    }
}
