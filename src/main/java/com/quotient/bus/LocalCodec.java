package com.quotient.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/** Passes a {@link LocalMessage} to its receiver by reference. */
public final class LocalCodec implements MessageCodec<LocalMessage, LocalMessage> {
    private static final String NAME = "local";

    private LocalCodec() {}

    /** Registers the codec for every {@link LocalMessage}. Called once, before any verticle is deployed. */
    public static void register(EventBus bus) {
        bus.registerCodec(new LocalCodec()).codecSelector(body -> body instanceof LocalMessage ? NAME : null);
    }

    @Override
    public LocalMessage transform(LocalMessage message) {
        return message;
    }

    @Override
    public void encodeToWire(Buffer buffer, LocalMessage message) {
        throw new UnsupportedOperationException("A local message does not leave its process.");
    }

    @Override
    public LocalMessage decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("A local message does not come from outside its process.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
