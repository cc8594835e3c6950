package com.quotient.audience;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** One business and its keys, as a caller of the API. */
final class AudienceClient {
    static final String PEOPLE = "/audience/people";
    static final String COMPANIES = "/audience/companies";
    static final String LISTS = "/audience/lists";
    static final String PROPERTIES = "/audience/properties";

    final String business;
    final String secret;
    final String publicKey;
    private final TestServer server;

    AudienceClient(TestServer server, TestKeys keys) {
        this(server, keys, keys.business());
    }

    AudienceClient(TestServer server, TestKeys keys, String business) {
        this.server = server;
        this.business = business;
        secret = keys.issue(business, KeyTier.SECRET).key();
        publicKey = keys.publicKey(business);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        return server.send(method, "/api/v0" + path, secret, body, headers);
    }

    HttpResponse<String> postPublic(String path, String body) {
        return server.post("/api/v0" + path, publicKey, body);
    }

    /** What a request that must succeed answers. */
    JsonNode post(String path, String body) {
        return ok(send("POST", path, body));
    }

    JsonNode get(String path) {
        return ok(send("GET", path, null));
    }

    JsonNode delete(String path) {
        return ok(send("DELETE", path, null));
    }

    /** The id of the person that a body makes or changes. */
    String person(String body) {
        return post(PEOPLE, body).path("personId").asText();
    }

    JsonNode personById(String id) {
        return get(PEOPLE + "/" + id).path("person");
    }

    String company(String body) {
        return post(COMPANIES, body).path("companyId").asText();
    }

    JsonNode companyById(String id) {
        return get(COMPANIES + "/" + id).path("company");
    }

    void define(String target, String name, String type) {
        post(PROPERTIES, "{\"name\":\"" + name + "\",\"target\":\"" + target + "\",\"type\":\"" + type + "\"}");
    }

    void list(String slug) {
        post(LISTS, "{\"slug\":\"" + slug + "\"}");
    }

    long total(String path) {
        return get(path).path("pageData").path("total").asLong();
    }

    /** The email addresses of a page, in its order. */
    List<String> emails(String path) {
        return get(path).path("people").findValuesAsText("emailAddress");
    }

    static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    /** The paths of the faults that a 400 names. */
    static List<String> issues(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        return json(response).path("issues").findValuesAsText("path");
    }

    static void notFound(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(json(response).path("code").asText()).isEqualTo("NOT_FOUND");
    }

    static List<String> members(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
