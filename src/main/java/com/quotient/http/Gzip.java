package com.quotient.http;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The coding of answers (RFC 9110 section 8.4.1.3): whether a caller wants it, and the work itself. Thread-safe. */
public final class Gzip {
    /** Smaller bodies fit into a packet or two, and what is saved is less than the work. */
    public static final int MIN_BYTES = 1024;

    /** About a millisecond of work; larger bodies are compressed piece by piece. */
    static final int MAX_WHOLE_BYTES = 64 * 1024;

    /** Half the work of the default, for a few per cent more bytes. */
    private static final int LEVEL = 4;

    private Gzip() {}

    /** Whether {@code Accept-Encoding} wants it at least as much as plain bytes (RFC 9110 section 12.5.3). */
    public static boolean isWanted(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        double gzip = -1;
        double any = -1;
        double identity = -1;
        for (String item : acceptEncoding.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = item.split(";");
            double weight = weight(parts);
            switch (parts[0].strip()) {
                case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight);
                case "*" -> any = weight;
                case "identity" -> identity = weight;
                default -> {}
            }
        }
        double wanted = gzip >= 0 ? gzip : any;
        return wanted > 0 && wanted >= identity;
    }

    /** All of a body. */
    public static Buffer of(Buffer plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length() / 4);
        try (OutputStream gzip = to(bytes)) {
            gzip.write(plain.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    static GZIPOutputStream to(OutputStream target) throws IOException {
        return new GZIPOutputStream(target) {
            {
                def.setLevel(LEVEL);
            }
        };
    }

    /** 0 to 1; one that cannot be read wants nothing. */
    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    double weight = Double.parseDouble(parameter.substring(2));
                    return weight >= 0 && weight <= 1 ? weight : 0;
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
