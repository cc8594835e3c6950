package com.quotient.audience;

import com.quotient.http.Answer;
import com.quotient.http.Page;
import com.quotient.http.Rows;
import com.quotient.json.JsonText;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pieces of JSON that several answers share. */
final class Wire {
    private Wire() {}

    /** A member that may be null. */
    static void text(JsonText json, String name, @Nullable String value) {
        json.name(name);
        if (value == null) {
            json.raw("null");
        } else {
            json.string(value);
        }
    }

    /** A member that is an array of texts. */
    static void texts(JsonText json, String name, List<String> values) {
        json.name(name).raw(Answer.encode(values).toString());
    }

    /** One object under a name. */
    static Answer one(String name, String object) {
        return Answer.encoded(Buffer.buffer("{\"" + name + "\":" + object + "}"));
    }

    /** A page of objects under a name, and its place among the pages. */
    static <T> Answer page(String name, Rows<T> rows, Function<T, String> json, Page page, long total) {
        return Answer.stream(Answer.JSON, rows.array(name, json, () -> Map.of("pageData", page.data(total))));
    }
}
