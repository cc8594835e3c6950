package com.quotient.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** HTTP/2 by the frame (RFC 9113), with prior knowledge, to send what no client library would. One stream at a time. */
public final class RawHttp2 implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int MAX_FRAME = 16_384;

    public static final long CLOSED = Long.MAX_VALUE;
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int SETTINGS = 4;
    public static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final int PRIORITY = 32;
    private static final int PRIORITY_BYTES = 5;
    private static final int ACK = 1;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    private int lastStream = -1;

    public RawHttp2(int port) {
        this(plain(port));
    }

    /** On a connection that has agreed on HTTP/2. */
    public RawHttp2(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
            frame(SETTINGS, 0, 0, new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket plain(int port) {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What became of a stream.
     *
     * @param headers null when none came
     * @param error the code of the reset of the stream, or of the end of the connection; -1 without one,
     *     {@link #CLOSED} when the connection ended without a word
     */
    public record Response(@Nullable Http2Headers headers, String body, long error) {
        public int status() {
            return headers == null ? 0 : Integer.parseInt(headers.status().toString());
        }

        /** The value of a header; empty when it is absent. */
        public String header(String name) {
            CharSequence value = headers == null ? null : headers.get(name);
            return value == null ? "" : value.toString();
        }
    }

    /**
     * Begins the next stream with header fields, as pairs of name and value; {@code flags} beside {@link #END_HEADERS}.
     */
    public RawHttp2 headers(int flags, String... fields) {
        lastStream += 2;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            // Literal, without indexing and with a new name (RFC 7541 section 6.2.2).
            block.write(0);
            literal(block, fields[i]);
            literal(block, fields[i + 1]);
        }
        byte[] bytes = block.toByteArray();
        frame(HEADERS, bytes.length <= MAX_FRAME ? flags | END_HEADERS : flags, lastStream, part(bytes, 0, MAX_FRAME));
        for (int at = MAX_FRAME; at < bytes.length; at += MAX_FRAME) {
            frame(
                    CONTINUATION,
                    at + MAX_FRAME < bytes.length ? 0 : END_HEADERS,
                    lastStream,
                    part(bytes, at, MAX_FRAME));
        }
        return this;
    }

    /** A piece of the body of the last stream. */
    public RawHttp2 data(int flags, String text) {
        frame(DATA, flags, lastStream, text.getBytes(UTF_8));
        return this;
    }

    /** What becomes of the last stream, or of the connection. */
    public Response read() {
        Http2Headers headers = null;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == SETTINGS && (flags & ACK) == 0) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                } else if (type == GOAWAY) {
                    return new Response(
                            headers,
                            body.toString(UTF_8),
                            Unpooled.wrappedBuffer(payload).getInt(4));
                } else if (stream == lastStream && type == RST_STREAM) {
                    return new Response(
                            headers,
                            body.toString(UTF_8),
                            Unpooled.wrappedBuffer(payload).getInt(0));
                } else if (stream == lastStream && type == HEADERS) {
                    int priority = (flags & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
                    headers = decoder.decodeHeaders(
                            stream, Unpooled.wrappedBuffer(payload, priority, payload.length - priority));
                } else if (stream == lastStream && type == DATA) {
                    body.write(payload);
                    frame(WINDOW_UPDATE, 0, 0, window(length));
                    frame(WINDOW_UPDATE, 0, stream, window(length));
                }
                if (stream == lastStream && (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
                    return new Response(headers, body.toString(UTF_8), -1);
                }
            }
        } catch (EOFException | SocketException e) {
            return new Response(headers, body.toString(UTF_8), CLOSED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] window(int bytes) {
        // An increment of zero would be an error.
        return ByteBuffer.allocate(4).putInt(Math.max(1, bytes)).array();
    }

    private static byte[] part(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length));
    }

    /** A string without Huffman coding, its length as an integer with a prefix of 7 bits (RFC 7541 section 5). */
    private static void literal(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        int rest = bytes.length - 127;
        if (rest < 0) {
            block.write(bytes.length);
        } else {
            block.write(127);
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    public void frame(int type, int flags, int stream, byte[] payload) {
        try {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            DataOutputStream head = new DataOutputStream(frame);
            head.writeByte(payload.length >> 16);
            head.writeShort(payload.length);
            head.writeByte(type);
            head.writeByte(flags);
            head.writeInt(stream);
            head.write(payload);
            out.write(frame.toByteArray());
        } catch (SocketException e) {
            // The server closed the connection while bytes were in flight; the next read reports it.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
