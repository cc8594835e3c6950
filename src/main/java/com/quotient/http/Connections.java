package com.quotient.http;

import com.google.common.collect.Comparators;
import com.quotient.config.Config;
import com.quotient.config.HttpConfig;
import io.netty.channel.Channel;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of one event loop, with a limit and deadlines. A new connection must send the head of its first
 * request within the header deadline. A served one must begin the next request within the keep-alive time. At the
 * limit, a new connection replaces one that has been silent for at least a second, so that idle connections shut out
 * nobody.
 */
public final class Connections {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    /**
     * A connection holds 8 KiB of objects, measured with both protocols; three times as much leaves room for requests.
     */
    private static final int RESERVED_BYTES = 24 * 1024;

    /** With TLS it holds 17 KiB, and up to 32 KiB outside of the heap for a record that is incomplete. So of either. */
    private static final int RESERVED_BYTES_OF_TLS = 64 * 1024;

    /** A client that has been silent for this long is unlikely to send just now. */
    private static final long QUIET_NANOS = 1_000_000_000;

    /** The number of connections closed at once to make room, so that the search for them is rare. */
    private static final int ROOM = 64;

    /** How long a client may continue to send after it was answered. */
    private static final long LEAVING_NANOS = 2_000_000_000;

    /** RFC 9113 section 7. */
    private static final long HTTP2_NO_ERROR = 0;

    private final int max;
    private final long headerNanos;
    private final long keepAliveNanos;
    private final HttpStats stats;
    private final Map<HttpConnection, State> states = new HashMap<>();

    /** Accepted connections without a first request, by when they were accepted or heard, oldest first. */
    private final Map<Channel, Long> accepted = new LinkedHashMap<>();

    /** How many connections may still be admitted because others were closed for them. */
    private int room;

    private static final class State {
        private long idleSince = System.nanoTime();
        private boolean served;
        private boolean leaving;
        private int inFlight;
    }

    /** The configured maximum, but no more than about a third of the heap, or half of the direct memory, can hold. */
    static int limit(HttpConfig config) {
        return limit(config, Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
    }

    static int limit(HttpConfig config, long heapBytes, long directBytes) {
        long room =
                config.isTls() ? Math.min(heapBytes, directBytes) / RESERVED_BYTES_OF_TLS : heapBytes / RESERVED_BYTES;
        return (int) Math.min(config.maxConnections(), room);
    }

    Connections(HttpConfig config, int max, HttpStats stats) {
        this.max = max;
        this.headerNanos = config.headerDeadline().toNanos();
        this.keepAliveNanos = config.keepAlive().toNanos();
        this.stats = stats;
    }

    /** The connections of the management port; {@link AcceptGuard#limit} bounds their number. */
    public static Connections ofManagement(Config config) {
        return new Connections(config.http(), config.management().maxConnections(), new HttpStats());
    }

    public void opened(HttpConnection connection) {
        AcceptGuard.release(connection);
        if (states.size() >= max && !makeRoom(System.nanoTime())) {
            stats.refusedConnections.increment();
            close(connection);
            return;
        }
        states.put(connection, new State());
        stats.openConnections.increment();
        connection.closeHandler(closed -> {
            states.remove(connection);
            stats.openConnections.decrement();
        });
    }

    /** Adds a connection without a first request. */
    void accepted(Channel channel, long nowNanos) {
        accepted.put(channel, nowNanos);
    }

    /** A connection without a first request has begun its handshake: it has not been silent until now. */
    void heard(Channel channel, long nowNanos) {
        if (accepted.remove(channel) != null) {
            accepted.put(channel, nowNanos);
        }
    }

    /** Removes a connection whose first request has arrived, or that has ended. */
    void identified(Channel channel) {
        accepted.remove(channel);
    }

    /**
     * Closes some of the connections that have been silent for longest: those without a first request, or else those
     * that were served.
     *
     * @return whether there is room for one more; false if none has been silent for a second
     */
    boolean makeRoom(long nowNanos) {
        if (room == 0) {
            room = closeSilent(nowNanos);
            stats.evictedConnections.add(room);
        }
        if (room == 0) {
            return false;
        }
        room--;
        return true;
    }

    private int closeSilent(long nowNanos) {
        List<Channel> strangers = accepted.entrySet().stream()
                .takeWhile(entry -> nowNanos - entry.getValue() > QUIET_NANOS)
                .limit(ROOM)
                .map(Map.Entry::getKey)
                .toList();
        for (Channel stranger : strangers) {
            var unused = stranger.close();
        }
        if (!strangers.isEmpty()) {
            return strangers.size();
        }
        List<Map.Entry<HttpConnection, State>> silent = states.entrySet().stream()
                .filter(entry -> entry.getValue().inFlight == 0 && nowNanos - entry.getValue().idleSince > QUIET_NANOS)
                .collect(Comparators.least(ROOM, Comparator.comparingLong(entry -> entry.getValue().idleSince)));
        silent.forEach(entry -> close(entry.getKey()));
        return silent.size();
    }

    public void began(HttpServerRequest request) {
        State state = states.get(request.connection());
        if (state != null) {
            state.inFlight++;
        }
    }

    public void ended(HttpServerRequest request, long nowNanos) {
        State state = states.get(request.connection());
        if (state != null) {
            state.inFlight--;
            state.served = true;
            state.idleSince = nowNanos;
        }
    }

    /**
     * Ends the connection of a client that was answered while it still sends a body. Closing at once would reset the
     * connection before the client reads its answer (RFC 9112 section 9.6), so the rest is read and discarded for a
     * short time.
     */
    void leave(HttpServerRequest request) {
        State state = states.get(request.connection());
        if (state != null) {
            state.leaving = true;
            request.endHandler(end -> close(request.connection())).resume();
        }
    }

    /** Tells the client of an answered stream to stop sending its body (RFC 9113 section 8.1). */
    static void stopBody(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        // Frames that arrived with the request are delivered first, perhaps including its end.
        Vertx.currentContext().runOnContext(delivered -> {
            if (!request.isEnded()) {
                request.response().reset(HTTP2_NO_ERROR).onFailure(gone -> log.debug("A stream was gone", gone));
            }
        });
    }

    boolean isIdle(HttpServerRequest request) {
        State state = states.get(request.connection());
        return state != null && state.inFlight == 0;
    }

    /** Unanswered requests of the same connection, including this one. */
    int inFlight(HttpServerRequest request) {
        State state = states.get(request.connection());
        return state == null ? 0 : state.inFlight;
    }

    int count() {
        return states.size();
    }

    /** Closes the connections that have been silent for too long. Called once a second. */
    public void sweep(long nowNanos) {
        room = 0;
        closeIdle(state -> nowNanos - state.idleSince
                > (state.leaving ? LEAVING_NANOS : state.served ? keepAliveNanos : headerNanos));
    }

    /** Closes the quiet connections. Busy ones have been asked to leave by now. */
    void closeQuiet(long nowNanos) {
        closeIdle(state -> nowNanos - state.idleSince > QUIET_NANOS);
    }

    private void closeIdle(Predicate<State> tooLong) {
        // A copy, because closing a connection removes its state.
        new ArrayList<>(states.entrySet()).forEach(entry -> {
            if (entry.getValue().inFlight == 0 && tooLong.test(entry.getValue())) {
                close(entry.getKey());
            }
        });
    }

    static void close(HttpConnection connection) {
        connection.close().onFailure(failure -> log.debug("A connection did not close", failure));
    }
}
