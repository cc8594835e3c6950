package com.quotient.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AotCacheTest {
    private static final List<String> WITH_CACHE = List.of("-Xmx512m", "-XX:AOTCache=/opt/quotient/quotient.aot");

    @Test
    void cacheThatDoesNotFitIsIgnored() {
        assertThat(AotCache.isIgnored(WITH_CACHE, "mixed mode")).isTrue();
    }

    @Test
    void cacheInUseIsNotIgnored() {
        assertThat(AotCache.isIgnored(WITH_CACHE, "mixed mode, sharing")).isFalse();
    }

    @Test
    void processWithoutACacheIgnoresNone() {
        assertThat(AotCache.isIgnored(List.of("-Xmx512m"), "mixed mode")).isFalse();
        assertThat(AotCache.isIgnored()).isFalse();
    }
}
