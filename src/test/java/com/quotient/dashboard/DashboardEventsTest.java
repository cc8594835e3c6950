package com.quotient.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DashboardEventsTest {
    @AutoClose
    private static TestServer server;

    private static DashboardClient client;
    private static String key;
    private static String keyId;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        client = DashboardClient.owner(server);
        TestKeys keys = new TestKeys(server);
        var issued =
                keys.issue(client.read("/session").path("business").path("id").asText(), KeyTier.SECRET);
        key = issued.key();
        keyId = issued.details().id();
    }

    private static void send(String type, String device) {
        assertThat(server.post(
                                "/api/v0/analytics",
                                key,
                                "{\"eventType\": \"" + type + "\", \"deviceId\": \"" + device + "\", \"sku\": 1}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void eventsAreFilteredPagedAndReadOneByOne() {
        for (int i = 0; i < 5; i++) {
            send("paged", "d" + i);
        }

        JsonNode first = client.read("/events?eventType=paged&limit=2");
        JsonNode second = client.read(
                "/events?eventType=paged&limit=2&after=" + first.path("next").asText());
        JsonNode third = client.read(
                "/events?eventType=paged&limit=2&after=" + second.path("next").asText());

        assertThat(first.path("events")).hasSize(2);
        assertThat(second.path("events")).hasSize(2);
        assertThat(third.path("events")).hasSize(1);
        assertThat(third.path("next").isNull()).isTrue();
        assertThat(client.read("/events?deviceId=d3").path("events")).hasSize(1);
        assertThat(client.read("/events?eventType=paged&keyId=" + keyId).path("events"))
                .hasSize(5);
        assertThat(client.read("/events?keyId=key_other").path("events")).isEmpty();
        JsonNode event = third.path("events").get(0);
        String path = "/events/" + event.path("id").asText() + "?timestamp="
                + event.path("timestamp").asText();
        assertThat(client.read(path).path("event")).isEqualTo(event);
        DashboardClient stranger = DashboardClient.owner(server);
        assertThat(stranger.get(path).statusCode()).isEqualTo(404);
        assertThat(stranger.read("/events").path("events")).isEmpty();
        assertThat(client.get("/events?after=nonsense").statusCode()).isEqualTo(400);
        assertThat(client.get("/events/x").statusCode()).isEqualTo(400);
    }

    @Test
    void newEventIsShownAtOnce() {
        String cursor =
                client.read("/events/live?eventType=live").path("cursor").asText();
        send("live", "d");

        JsonNode live = client.read("/events/live?eventType=live&after=" + cursor);

        assertThat(live.path("events")).hasSize(1);
        assertThat(live.path("events").get(0).path("deviceId").asText()).isEqualTo("d");
        assertThat(client.get("/events/live?after=x").statusCode()).isEqualTo(400);
    }

    @Test
    void eventsAreCountedOverTime() {
        send("counted", "d");
        send("counted", "d");

        JsonNode series = client.read("/events/series?eventType=counted&interval=hour");

        assertThat(series.path("total").asInt()).isEqualTo(2);
        assertThat(series.path("points")).hasSize(24);
    }
}
