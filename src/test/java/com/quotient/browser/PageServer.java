package com.quotient.browser;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A site that uses the API: one empty page at every path. It has two origins, one for each of its host names. */
final class PageServer implements AutoCloseable {
    private static final byte[] PAGE =
            "<!doctype html><meta charset=utf-8><title>A shop</title>".getBytes(StandardCharsets.UTF_8);

    private final HttpServer server;

    PageServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, PAGE.length);
            try (var body = exchange.getResponseBody()) {
                body.write(PAGE);
            }
        });
        server.start();
    }

    /** The site by its name. */
    String localhost() {
        return "http://localhost:" + port();
    }

    /** The same site by its address: to a browser, a different one. */
    String address() {
        return "http://127.0.0.1:" + port();
    }

    private int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
