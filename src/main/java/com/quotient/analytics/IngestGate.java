package com.quotient.analytics;

import com.quotient.analytics.IngestMessages.Arrival;
import com.quotient.analytics.IngestMessages.Arrivals;
import com.quotient.analytics.IngestMessages.Reply;
import com.quotient.analytics.IngestMessages.Store;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * The way to {@link IngestVerticle}. What comes in one turn of an event loop travels in one message, since each message
 * between two threads costs as much as to read an event. Used on event loops.
 */
final class IngestGate {
    /** The verticle takes a message at once; this is for one that is gone. */
    private static final long TAKE_MILLIS = 3000;

    private static final DeliveryOptions DELIVERY =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(TAKE_MILLIS);

    private final EventBus bus;

    /** Of the current turn; as many as there are requests. */
    private final FastThreadLocal<List<Arrival>> gathered = new FastThreadLocal<>() {
        @Override
        protected List<Arrival> initialValue() {
            return new ArrayList<>();
        }
    };

    IngestGate(EventBus bus) {
        this.bus = bus;
    }

    /** What became of the events; fails when nobody can know. */
    Future<Reply> store(Store store) {
        ContextInternal context = ContextInternal.current();
        EventLoop loop = context.nettyEventLoop();
        Promise<Reply> answer = context.promise();
        List<Arrival> turn = gathered.get();
        turn.add(new Arrival(store, loop, answer));
        if (turn.size() == 1) {
            // Netty runs it when the sockets of this turn are served.
            loop.execute(this::send);
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
