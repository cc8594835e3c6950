package com.quotient.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An answer as it came over the wire. Header names keep their case and order. */
public record RawAnswer(int status, Map<String, String> headers, String body) {
    private static final int TIMEOUT_MILLIS = 10_000;

    /** Sends one request over a connection of its own. */
    public static RawAnswer to(String request, int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return read(new BufferedInputStream(socket.getInputStream()));
        }
    }

    public static RawAnswer read(InputStream in) throws IOException {
        List<String> head = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.add(line);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        int length = 0;
        for (String line : head.subList(1, head.size())) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(colon + 1).strip());
            }
        }
        int status = Integer.parseInt(head.get(0).substring(9, 12));
        boolean chunked = headers.keySet().removeIf("transfer-encoding"::equalsIgnoreCase);
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        if (chunked) {
            headers.put("Content-Length", Integer.toString(body.length));
        }
        return new RawAnswer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** A chunked body, whole (RFC 9112 section 7.1). */
    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        return body.toByteArray();
    }

    /** The same bytes again, but for the reason phrase. */
    public String text() {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " -\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        return text + "\r\n" + body;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("The server closed the connection instead of answering.");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
