package com.quotient.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostLookupsTest {
    private final Map<String, Promise<List<InetAddress>>> asked = new LinkedHashMap<>();
    private final HostLookups lookups = new HostLookups(
            TestServer.config("postgresql://nobody@localhost/none", "webhook.lookupThreads", "16")
                    .webhook(),
            host -> asked.computeIfAbsent(host, unseen -> Promise.promise()).future());

    @Test
    void nameIsLookedUpOnceHoweverManyAsk() {
        Future<List<InetAddress>> first = lookups.addresses("biz_1", "slow.example");
        Future<List<InetAddress>> second = lookups.addresses("biz_2", "slow.example");
        assertThat(asked).hasSize(1);

        asked.remove("slow.example").complete(List.of(InetAddress.getLoopbackAddress()));

        assertThat(first.result()).isEqualTo(second.result()).hasSize(1);
        lookups.addresses("biz_1", "slow.example");
        assertThat(asked).as("asked again for the next attempt").hasSize(1);
    }

    @Test
    void slowNamesOfOneBusinessLeaveThreadsForTheOthers() {
        for (int i = 0; i < 100; i++) {
            lookups.addresses("biz_slow", "slow-" + i + ".example");
        }
        assertThat(asked).hasSize(4);

        assertThat(lookups.addresses("biz_slow", "one-more.example").cause()).isInstanceOf(HostLookups.TooMany.class);
        lookups.addresses("biz_other", "quick.example");
        assertThat(asked).containsKey("quick.example");

        asked.get("slow-0.example").fail("no such host");
        lookups.addresses("biz_slow", "one-more.example");
        assertThat(asked).containsKey("one-more.example");
    }
}
