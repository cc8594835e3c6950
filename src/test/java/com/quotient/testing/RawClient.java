package com.quotient.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.quotient.http.Routes;
import com.quotient.testing.ApiDescription.Answered;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** HTTP by the byte, to send what no client library would. Text is ISO-8859-1, so that each character is a byte. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    /** Shorter than any deadline that would end the connection all the same. */
    private static final int END_MILLIS = 9_000;

    private static final int CLOSED = -1;
    private static final int SILENT = -2;
    private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]+) (\\S+) HTTP/1\\.[01]\r\n");

    private final Socket socket;
    private final InputStream in;

    /** Null when the server is another one than that whose API is described. */
    private final @Nullable Routes routes;

    /** The method and the target of each request that is not answered yet, as far as they can be read. */
    private final Queue<MatchResult> asked = new ArrayDeque<>();

    private RawClient(Socket socket, @Nullable Routes routes) throws IOException {
        this.socket = socket;
        this.routes = routes;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient to(TestServer server) {
        return to(server.port(), server.isTls(), server.server().routes());
    }

    public static RawClient to(int port) {
        return to(port, false, null);
    }

    /** On a connection of the test's own. */
    public static RawClient on(Socket socket, TestServer server) throws IOException {
        return new RawClient(socket, server.server().routes());
    }

    private static RawClient to(int port, boolean tls, @Nullable Routes routes) {
        try {
            if (tls) {
                return new RawClient(TlsSockets.connect(port), routes);
            }
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            return new RawClient(socket, routes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A response as it came.
     *
     * @param head the lines of its head, the status line first
     */
    public record Response(List<String> head, String body) {
        public int status() {
            return Integer.parseInt(head.get(0).split(" ")[1]);
        }

        /** The body, whose characters are bytes, as the text that they are. */
        String utf8() {
            return new String(body.getBytes(ISO_8859_1), UTF_8);
        }

        Map<String, List<String>> headers() {
            return head.stream()
                    .skip(1)
                    .collect(Collectors.groupingBy(
                            line -> line.substring(0, line.indexOf(':')),
                            Collectors.mapping(
                                    line -> line.substring(line.indexOf(':') + 1)
                                            .strip(),
                                    Collectors.toList())));
        }

        /** The values of a header, in order. */
        public List<String> all(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }

        /** The one value of a header; empty when it is absent. */
        public String header(String name) {
            List<String> values = all(name);
            if (values.size() > 1) {
                throw new AssertionError(name + " came " + values.size() + " times: " + head);
            }
            return values.isEmpty() ? "" : values.get(0);
        }
    }

    /** The head of a request, complete with its empty line. */
    public static String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public RawClient send(String bytes) {
        return send(bytes.getBytes(ISO_8859_1));
    }

    public RawClient send(byte[] bytes) {
        REQUEST_LINE.matcher(new String(bytes, ISO_8859_1)).results().forEach(asked::add);
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends what the server may no longer want: it has answered and closed already. */
    public RawClient trySend(String bytes) {
        try {
            return send(bytes);
        } catch (UncheckedIOException e) {
            return this;
        }
    }

    /** The next response. */
    public Response read() {
        return read(true);
    }

    /** The next response, which has no body whatever its head says. */
    public Response readWithoutBody() {
        return read(false);
    }

    private Response read(boolean withBody) {
        Response response = readNext(withBody);
        if (routes != null && response.status() >= 200) {
            MatchResult request = asked.poll();
            ApiDescription.check(
                    routes,
                    request == null ? null : request.group(1),
                    request == null ? null : request.group(2),
                    new Answered(response.status(), response.headers(), response.utf8()));
        }
        return response;
    }

    private Response readNext(boolean withBody) {
        try {
            List<String> head = new ArrayList<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                head.add(line);
            }
            Response response = new Response(head, "");
            if (!withBody || response.status() < 200 || response.status() == 204) {
                return response;
            }
            return new Response(
                    head, response.header("transfer-encoding").equals("chunked") ? chunks() : sized(response));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything until the server closes; fails when it does not. A reset counts as the end. */
    public String readToEnd() {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            socket.setSoTimeout(END_MILLIS);
            for (int next = in.read(); next >= 0; next = in.read()) {
                rest.write(next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("The server keeps the connection open after: " + rest.toString(ISO_8859_1), e);
        } catch (IOException e) {
            // The server closed while bytes of ours were on their way.
        }
        return rest.toString(ISO_8859_1);
    }

    /** Whether the server has closed the connection, all of its responses read. */
    public boolean isClosed() {
        return peek() == CLOSED;
    }

    /** Whether a response waits to be read. */
    public boolean isAnswered() {
        return peek() >= 0;
    }

    private int peek() {
        try {
            socket.setSoTimeout(1);
            in.mark(1);
            int next = in.read();
            if (next >= 0) {
                in.reset();
            }
            return next;
        } catch (SocketTimeoutException e) {
            return SILENT;
        } catch (IOException e) {
            return CLOSED;
        } finally {
            restorePatience();
        }
    }

    private void restorePatience() {
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String sized(Response response) throws IOException {
        return new String(in.readNBytes(Integer.parseInt(response.header("content-length"))), ISO_8859_1);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            body.append(new String(in.readNBytes(size), ISO_8859_1));
            line();
            if (size == 0) {
                return body.toString();
            }
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The server closed the connection after: " + line.toString(ISO_8859_1));
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
