package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTrialTest {
    private static final Instant SINCE = Instant.parse("2026-01-15T10:30:00.123Z");
    private static final KeySpec KEY = KeySpec.of(KeyTier.PUBLIC, "Shop").withAllowedOrigins(List.of("a.example.com"));

    @Test
    void onlyWhatDiffersIsTried() {
        KeyTrial trial = KeyTrial.of(KEY, KEY.withScopes(List.of("BLOG_READ")), SINCE);

        assertThat(trial).isEqualTo(new KeyTrial(SINCE, List.of("BLOG_READ"), null, null, null));
        assertThat(trial.applyTo(KEY.withAllowedOrigins(List.of("b.example.com"))))
                .as("the key's own list, even one that was changed since, holds where nothing is tried")
                .isEqualTo(KEY.withAllowedOrigins(List.of("b.example.com")).withScopes(List.of("BLOG_READ")));
        assertThat(KeyTrial.of(KEY, KEY, SINCE)).isNull();
    }

    @Test
    void trialComesOutOfTheDatabaseAsItWentIn() {
        KeyTrial full = new KeyTrial(SINCE, List.of("ALL"), List.of(), true, List.of("10.0.0.0/8"));
        KeyTrial one = new KeyTrial(SINCE, null, List.of("a.example.com"), null, null);

        assertThat(KeyTrial.parse(full.json())).isEqualTo(full);
        assertThat(KeyTrial.parse(one.json())).isEqualTo(one);
    }

    @Test
    void looserRestrictionsAdmitWhateverTheOthersDo() {
        assertThat(KeyTrial.admitsAllOf(KEY, KEY)).isTrue();
        assertThat(KeyTrial.admitsAllOf(KEY, KEY.withAllowedOrigins(List.of("a.example.com", "b.example.com"))))
                .isTrue();
        assertThat(KeyTrial.admitsAllOf(KEY, KEY.withAllowedOrigins(List.of()))).isTrue();
        assertThat(KeyTrial.admitsAllOf(KEY.withAllowedOrigins(List.of()), KEY)).isFalse();
        assertThat(KeyTrial.admitsAllOf(KEY, KEY.withAllowedOrigins(List.of("b.example.com"))))
                .isFalse();
        assertThat(KeyTrial.admitsAllOf(KEY, KEY.withScopes(List.of("BLOG_READ"))))
                .isFalse();
        assertThat(KeyTrial.admitsAllOf(KEY.withScopes(List.of("BLOG_READ")), KEY))
                .isTrue();
        assertThat(KeyTrial.admitsAllOf(KEY.withAllowMissingOrigin(true), KEY)).isFalse();

        KeySpec bound = KeySpec.of(KeyTier.SECRET, "Backend").withAllowedIps(List.of("10.0.0.0/8"));
        assertThat(KeyTrial.admitsAllOf(bound, bound.withAllowedIps(List.of()))).isTrue();
        assertThat(KeyTrial.admitsAllOf(bound.withAllowedIps(List.of()), bound)).isFalse();
        assertThat(KeyTrial.admitsAllOf(bound, bound.withAllowedIps(List.of("192.0.2.0/24"))))
                .isFalse();
    }
}
