package com.quotient.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.quotient.problem.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer of an endpoint with status 200: a JSON object, a stream, or the stored answer to an earlier request. */
public sealed interface Answer {
    String JSON = "application/json";

    /**
     * A complete JSON object.
     *
     * @param etag its entity tag (RFC 9110 section 8.8.3), quotes included; null without one. A request that names it
     *     in {@code If-None-Match} is answered 304.
     */
    record Json(Buffer body, @Nullable String etag) implements Answer {}

    /** A body of any size that is produced while it is written; {@code etag} as in {@link Json}. */
    record Stream(String contentType, @Nullable String etag, Pieces pieces) implements Answer {}

    /** A stored answer or problem: its status and its JSON text. */
    record Replayed(int status, Buffer body) implements Answer {
        public static Replayed of(Problem problem) {
            return new Replayed(problem.type().status(), ProblemText.of(problem));
        }
    }

    /** Any record or map, by Jackson; null members are written as null. */
    static Answer json(Object value) {
        return encoded(encode(value));
    }

    static Answer json(String member, Object value) {
        return json(Map.of(member, value));
    }

    static Answer encoded(Buffer json) {
        return new Json(json, null);
    }

    /** With an entity tag computed from its bytes; see {@link Json}. */
    static Json tagged(Buffer json) {
        return new Json(json, EntityTags.of(json));
    }

    static Answer stream(String contentType, Pieces pieces) {
        return new Stream(contentType, null, pieces);
    }

    /** The JSON text of a value. */
    static Buffer encode(Object value) {
        try {
            return Buffer.buffer(Encoder.WRITER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot be written as JSON: " + value.getClass(), e);
        }
    }

    /** Keeps the mapper out of the interface's public face. */
    final class Encoder {
        private static final ObjectWriter WRITER = JsonMapper.builder()
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .build()
                .writer();

        private Encoder() {}
    }
}
