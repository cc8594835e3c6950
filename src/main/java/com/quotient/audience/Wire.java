package com.quotient.audience;

import com.quotient.http.Answer;
import com.quotient.http.Page;
import com.quotient.json.JsonText;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** JSON fragments that several answers share. */
final class Wire {
    private Wire() {}

    /** Writes a member that may be null. */
    static void text(JsonText json, String name, @Nullable String value) {
        json.name(name);
        if (value == null) {
            json.raw("null");
        } else {
            json.string(value);
        }
    }

    /** Writes a member that is an array of strings. */
    static void texts(JsonText json, String name, List<String> values) {
        json.name(name).raw(Answer.encode(values).toString());
    }

    /** An answer with one object under a name. */
    static Answer one(String name, String object) {
        return Answer.encoded(Buffer.buffer("{\"" + name + "\":" + object + "}"));
    }

    /** An answer with a page of objects under a name, in order of their ids, and its {@code pageData}. */
    static <T> Future<Answer> page(
            String name,
            Page page,
            Future<Long> count,
            Pages.Reader<T> reader,
            Function<T, String> id,
            Function<T, String> json) {
        return count.map(total -> Answer.stream(
                Answer.JSON,
                Pages.rows(page, total, id, reader).array(name, json, () -> Map.of("pageData", page.data(total)))));
    }
}
