package com.quotient.analytics;

import com.quotient.analytics.IngestMessages.Arrival;
import com.quotient.analytics.IngestMessages.Arrivals;
import com.quotient.analytics.IngestMessages.Reply;
import com.quotient.analytics.IngestMessages.Store;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands requests over to the {@link IngestVerticle}. All requests of one turn of an event loop travel in one message,
 * since a message between two threads costs as much as parsing an event. Used on event loops.
 */
final class IngestGate {
    /** The verticle acknowledges a message at once. The timeout covers a verticle that is gone. */
    private static final long TAKE_MILLIS = 3000;

    private static final DeliveryOptions DELIVERY =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(TAKE_MILLIS);

    private final EventBus bus;

    /** The requests of the current turn. */
    private final FastThreadLocal<List<Arrival>> gathered = new FastThreadLocal<>() {
        @Override
        protected List<Arrival> initialValue() {
            return new ArrayList<>();
        }
    };

    IngestGate(EventBus bus) {
        this.bus = bus;
    }

    /** The outcome of the events. Fails if it is unknown. */
    Future<Reply> store(Store store) {
        ContextInternal context = ContextInternal.current();
        Promise<Reply> answer = context.promise();
        List<Arrival> turn = gathered.get();
        turn.add(new Arrival(store, context.nettyEventLoop(), answer));
        if (turn.size() == 1) {
            // Netty runs it after the sockets of this turn.
            context.unwrap().runOnContext(ready -> send());
        }
        return answer.future();
    }

    private void send() {
        List<Arrival> all = List.copyOf(gathered.get());
        gathered.get().clear();
        bus.request(IngestMessages.STORE, new Arrivals(all), DELIVERY)
                .onFailure(gone -> all.forEach(arrival -> arrival.answer().tryFail(gone)));
    }
}
