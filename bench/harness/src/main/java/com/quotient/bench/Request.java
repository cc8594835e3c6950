package com.quotient.bench;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Builds the text of an HTTP/1.1 request, with the headers that every client sends. */
public final class Request {
    private final StringBuilder text;

    private Request(String method, String path) {
        text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n"
                + "Host: api.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n");
    }

    public static Request get(String path) {
        return new Request("GET", path);
    }

    public static Request post(String path) {
        return new Request("POST", path);
    }

    public static Request put(String path) {
        return new Request("PUT", path);
    }

    public Request header(String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** {@code origin} is what a browser adds by itself. */
    public Request key(String key, @Nullable String origin) {
        header("Authorization", "Bearer " + key);
        return origin == null ? this : header("Origin", origin);
    }

    public String build() {
        return text + "\r\n";
    }

    public String json(String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        header("Content-Type", "application/json").header("Content-Length", Integer.toString(length));
        return text + "\r\n" + body;
    }
}
