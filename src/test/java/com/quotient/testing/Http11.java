package com.quotient.testing;

import java.net.http.HttpClient;

/**
 * HTTP clients of the JDK that speak HTTP/1.1. By default they ask for an upgrade to HTTP/2. The client of JDK 17 then
 * sometimes misreads the response that follows the {@code 101}.
 */
public final class Http11 {
    private Http11() {}

    public static HttpClient newClient() {
        return newBuilder().build();
    }

    public static HttpClient.Builder newBuilder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    }
}
