package com.quotient.flow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Somebody who receives webhooks, and remembers them. */
final class HookReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> open = new ConcurrentHashMap<>();
    private volatile Behaviour behaviour = Behaviour.status(204);
    private volatile int maxAtOnce;

    /** One request. */
    record Received(
            String id,
            String timestamp,
            String signature,
            String path,
            String host,
            String type,
            String trace,
            String body) {}

    /** What to do with a request. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;

        static Behaviour status(int status) {
            return exchange -> exchange.sendResponseHeaders(status, -1);
        }
    }

    HookReceiver() throws IOException {
        this(0);
    }

    HookReceiver(int port) throws IOException {
        this(InetAddress.getLoopbackAddress(), port);
    }

    HookReceiver(InetAddress address, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(address, port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    void behave(Behaviour next) {
        behaviour = next;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** A step that sends here. */
    String step(String path) {
        return "webhook:http://127.0.0.1:" + port() + path;
    }

    List<Received> received() {
        return received;
    }

    /** How many requests with the same id were open at the same time. */
    int maxAtOnce() {
        return maxAtOnce;
    }

    private void receive(HttpExchange exchange) throws IOException {
        String id = header(exchange, "webhook-id");
        int now = open.merge(id, 1, Integer::sum);
        synchronized (this) {
            maxAtOnce = Math.max(maxAtOnce, now);
        }
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            received.add(new Received(
                    id,
                    header(exchange, "webhook-timestamp"),
                    header(exchange, "webhook-signature"),
                    exchange.getRequestURI().toString(),
                    header(exchange, "host"),
                    header(exchange, "content-type"),
                    header(exchange, "traceparent"),
                    body));
            behaviour.answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.merge(id, -1, Integer::sum);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
