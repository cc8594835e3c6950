package com.quotient.flow;

import com.quotient.config.WebhookConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Resolves the host names of receivers. The operating system's resolver blocks a thread for as long as the name servers
 * take. So concurrent requests for a name share one look-up, and one business keeps at most a quarter of the threads
 * busy. A look-up above that is refused at once and retried later. Used by one event loop.
 */
final class HostLookups {
    private final Function<String, Future<List<InetAddress>>> resolver;
    private final int maxPerBusiness;
    private final Map<String, Future<List<InetAddress>>> underWay = new HashMap<>();
    private final Map<String, Integer> busy = new HashMap<>();

    HostLookups(WebhookConfig config, Function<String, Future<List<InetAddress>>> resolver) {
        this.resolver = resolver;
        this.maxPerBusiness = Math.max(1, config.lookupThreads() / 4);
    }

    /** Asks the operating system on its own threads. */
    static Function<String, Future<List<InetAddress>>> system(Vertx vertx, int threads) {
        WorkerExecutor executor = vertx.createSharedWorkerExecutor("webhook-names", threads);
        return host -> executor.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
    }

    /** All addresses of a name; fails with {@link TooMany} when the business has too many look-ups in progress. */
    Future<List<InetAddress>> addresses(String businessId, String host) {
        Future<List<InetAddress>> known = underWay.get(host);
        if (known != null) {
            return known;
        }
        if (busy.getOrDefault(businessId, 0) >= maxPerBusiness) {
            return Future.failedFuture(new TooMany());
        }
        busy.merge(businessId, 1, Integer::sum);
        Future<List<InetAddress>> lookup = resolver.apply(host).andThen(done -> {
            underWay.remove(host);
            busy.computeIfPresent(businessId, (id, count) -> count == 1 ? null : count - 1);
        });
        if (!lookup.isComplete()) {
            underWay.put(host, lookup);
        }
        return lookup;
    }

    /** The business has its maximum of look-ups in progress. */
    static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooMany() {
            super("the names of other receivers are being looked up, and slowly", null, false, false);
        }
    }
}
