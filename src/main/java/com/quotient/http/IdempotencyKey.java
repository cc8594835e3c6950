package com.quotient.http;

import com.quotient.problem.Problem;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads the header {@code Idempotency-Key}. */
final class IdempotencyKey {
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /**
     * The identity of a request with this header. Quotes around the key, which the draft requires and few clients send,
     * are part of it.
     *
     * @throws com.quotient.problem.ProblemException a 400 if it cannot be a key
     */
    static Idempotency.Named named(ApiRequest request, String key) {
        if (key.isEmpty() || key.length() > MAX_LENGTH || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw Problem.invalid(
                            "Idempotency-Key",
                            "must be sent once and have 1 to " + MAX_LENGTH + " visible ASCII characters.")
                    .exception();
        }
        return new Idempotency.Named(
                request.businessId(), request.caller().key().tier(), key, fingerprint(request));
    }

    /** 128 bits of the key and of what was asked, in hexadecimal. */
    static String repetition(Idempotency.Named named) {
        byte[] hash = sha256().digest(Buffer.buffer(named.tier().name() + " " + named.name() + "\n")
                .appendBuffer(named.fingerprint())
                .getBytes());
        return HexFormat.of().formatHex(hash, 0, 16);
    }

    private static Buffer fingerprint(ApiRequest request) {
        MessageDigest digest = sha256();
        // A request line holds no line break, so nothing of it can be taken for the body.
        digest.update((request.http().method() + " " + request.http().uri() + "\n").getBytes(StandardCharsets.UTF_8));
        return Buffer.buffer(digest.digest(request.body()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
