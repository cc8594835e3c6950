package com.quotient.testing;

import com.quotient.db.DatabaseUrl;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A bad network in front of a Postgres: it forwards TCP and, on demand, is slow, cut, silent, or loses certain messages
 * of the server. It reads the server's side of the frontend/backend protocol 3, without TLS. Faults apply to links that
 * exist and to new ones; all methods may be called from any thread.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_ENCRYPTION_REQUEST = 80877104;
    private static final int NOTIFICATION_RESPONSE = 'A';
    private static final int COMMAND_COMPLETE = 'C';
    private static final int ERROR_RESPONSE = 'E';
    private static final int READY_FOR_QUERY = 'Z';
    private static final byte IDLE = 'I';
    private static final int BUFFER = 65536;
    private static final Duration REBIND = Duration.ofSeconds(60);

    private final String upstreamUrl;
    private final InetSocketAddress upstream;
    private final int port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicReference<LostReply> lostReply = new AtomicReference<>();

    private ServerSocket listener;
    private Thread acceptor;
    private volatile boolean cut;
    private volatile boolean blackHole;
    private volatile boolean dropNotifications;
    private volatile Duration latency = Duration.ZERO;

    private record LostReply(String tagPrefix, CompletableFuture<Void> cut) {}

    /** A proxy for the server of a {@code postgresql://} URL, on a free port of 127.0.0.1. */
    public FaultProxy(String upstreamUrl) {
        DatabaseUrl url = DatabaseUrl.parse(upstreamUrl);
        this.upstreamUrl = upstreamUrl;
        this.upstream = new InetSocketAddress(url.host(), url.port());
        this.listener = listen(0);
        this.port = listener.getLocalPort();
        this.acceptor = acceptor(listener);
    }

    /** The URL of a database through this proxy, with the user and password of the server's URL. */
    public String url(String database) {
        String user = upstreamUrl.substring(0, upstreamUrl.indexOf('@') + 1);
        return user + "127.0.0.1:" + port + "/" + database;
    }

    public int port() {
        return port;
    }

    /** How many links to clients are open. */
    public int connections() {
        return links.size();
    }

    /** Delays each answer of the server by at least so much and, when answers overlap, by at most twice as much. */
    public void latency(Duration delay) {
        latency = delay;
    }

    /** Closes all links and refuses new ones, as a server does that is not there. */
    public synchronized void cut() {
        cut = true;
        close(listener);
        awaitEnd(acceptor);
        links.forEach(Link::close);
    }

    /** Accepts links again, on the same port. */
    public synchronized void restore() {
        if (cut) {
            listener = Eventually.eventually(REBIND, () -> listen(port), socket -> true);
            cut = false;
            acceptor = acceptor(listener);
        }
    }

    /**
     * Accepts links and bytes but passes nothing on and closes nothing, in either direction. A link that has lost bytes
     * so stays silent even after the black hole is gone.
     */
    public void blackHole(boolean on) {
        blackHole = on;
    }

    /** How many open links have lost bytes in a black hole. */
    public long silentLinks() {
        return links.stream().filter(link -> link.silent).count();
    }

    /**
     * Loses NotificationResponse messages and nothing else: LISTEN works, its connection is healthy, and nothing comes.
     */
    public void dropNotifications(boolean on) {
        dropNotifications = on;
    }

    /** As {@link #cutReplyAfterCommit(String)}, for the next INSERT. */
    public CompletableFuture<Void> cutReplyAfterCommit() {
        return cutReplyAfterCommit("INSERT");
    }

    /**
     * Once: when the server says that a command is complete whose tag begins so ({@code INSERT}, {@code COMMIT}) and
     * that its transaction is over, that answer is lost and the link is closed. The work has been committed and the
     * client never learns. A command within a transaction block that goes on does not count.
     *
     * @return completes when it has happened
     */
    public CompletableFuture<Void> cutReplyAfterCommit(String tagPrefix) {
        LostReply fault = new LostReply(tagPrefix, new CompletableFuture<>());
        lostReply.set(fault);
        return fault.cut();
    }

    /** Closes all links and the port. */
    @Override
    public void close() {
        cut();
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Link link = new Link(from.accept());
                links.add(link);
                if (cut) {
                    link.close();
                } else {
                    thread("link", link::open);
                }
            }
        } catch (IOException e) {
            // The listener was closed, which is how this thread ends.
        }
    }

    private Thread acceptor(ServerSocket from) {
        return thread("accept", () -> accept(from));
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, "fault-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /**
     * The kernel keeps a closed listener, and completes handshakes with it, until the thread that polls it has
     * returned.
     */
    private static void awaitEnd(Thread acceptor) {
        try {
            acceptor.join(REBIND.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }

    /** One client's connection and the one to the server that belongs to it. */
    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private volatile boolean silent;
        private volatile boolean oneByteReply;

        Link(Socket client) {
            this.client = client;
        }

        void open() {
            try {
                OutputStream out = OutputStream.nullOutputStream();
                client.setTcpNoDelay(true);
                if (!silent()) {
                    server.connect(upstream);
                    server.setTcpNoDelay(true);
                    out = server.getOutputStream();
                    thread("answers", this::passAnswers);
                }
                passRequests(new DataInputStream(client.getInputStream()), out);
            } catch (IOException e) {
                // Either side went away, or the link was cut.
            } finally {
                close();
            }
        }

        void close() {
            FaultProxy.close(client);
            FaultProxy.close(server);
            links.remove(this);
        }

        /** Whether what comes now is lost. A link that has lost something makes no sense any more and stays silent. */
        private boolean silent() {
            if (blackHole) {
                silent = true;
            }
            return silent;
        }

        private void passRequests(DataInputStream in, OutputStream out) throws IOException {
            passOpening(in, new DataOutputStream(out));
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!silent()) {
                    out.write(buffer, 0, read);
                }
            }
        }

        /** The first messages have no type, and those that ask for encryption are answered by one byte. */
        private void passOpening(DataInputStream in, DataOutputStream out) throws IOException {
            do {
                int length = in.readInt();
                int code = in.readInt();
                byte[] parameters = in.readNBytes(length - 2 * Integer.BYTES);
                oneByteReply = code == SSL_REQUEST || code == GSS_ENCRYPTION_REQUEST;
                if (!silent()) {
                    out.writeInt(length);
                    out.writeInt(code);
                    out.write(parameters);
                }
            } while (oneByteReply);
        }

        private void passAnswers() {
            try {
                InputStream in = new BufferedInputStream(server.getInputStream(), BUFFER);
                passAnswers(new DataInputStream(in), client.getOutputStream());
            } catch (IOException e) {
                // Either side went away, or the link was cut.
            }
            // In a black hole the news of the server's end is lost as well.
            if (!silent()) {
                close();
            }
        }

        private void passAnswers(DataInputStream in, OutputStream out) throws IOException {
            ByteArrayOutputStream pending = new ByteArrayOutputStream();
            LostReply fault = null;
            for (int type = in.read(); type >= 0; type = in.read()) {
                if (oneByteReply) {
                    if (!silent()) {
                        out.write(type);
                    }
                    continue;
                }
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                if (silent()) {
                    continue;
                }
                if (type != NOTIFICATION_RESPONSE || !dropNotifications) {
                    write(type, body, pending);
                }
                if (type == COMMAND_COMPLETE && fault == null) {
                    fault = faultFor(body);
                } else if (type == ERROR_RESPONSE) {
                    // The commit itself failed, and that the client may know.
                    fault = null;
                } else if (type == READY_FOR_QUERY && fault != null) {
                    if (body[0] == IDLE && lostReply.compareAndSet(fault, null)) {
                        close();
                        fault.cut().complete(null);
                        return;
                    }
                    fault = null;
                }
                // Only "ready for query" says that a command has been committed; until then its answer waits here.
                if (fault == null && in.available() == 0) {
                    delay();
                    pending.writeTo(out);
                    pending.reset();
                }
            }
        }

        private static void write(int type, byte[] body, ByteArrayOutputStream to) throws IOException {
            DataOutputStream message = new DataOutputStream(to);
            message.writeByte(type);
            message.writeInt(body.length + Integer.BYTES);
            message.write(body);
        }

        private @Nullable LostReply faultFor(byte[] commandComplete) {
            LostReply fault = lostReply.get();
            String tag = new String(commandComplete, StandardCharsets.US_ASCII);
            return fault != null && tag.startsWith(fault.tagPrefix()) ? fault : null;
        }

        private void delay() {
            long end = System.nanoTime() + latency.toNanos();
            for (long left = latency.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }
}
