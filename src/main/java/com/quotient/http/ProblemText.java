package com.quotient.http;

import com.quotient.json.JsonText;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemType;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;

/** Problems as JSON text (RFC 9457). Written by hand, since a client decides how many refusals it causes. */
final class ProblemText {
    /** By the ordinal of a type, the text that is the same for all its problems. */
    private static final String[] STARTS =
            Arrays.stream(ProblemType.values()).map(ProblemText::start).toArray(String[]::new);

    private ProblemText() {}

    static Buffer of(Problem problem) {
        JsonText text = new JsonText()
                .raw(STARTS[problem.type().ordinal()])
                .name("detail")
                .string(problem.detail())
                .name("code")
                .string(problem.type().name());
        problem.members().forEach((name, value) -> {
            text.name(name);
            write(text, value);
        });
        return Buffer.buffer(text.endObject().toString());
    }

    private static String start(ProblemType type) {
        return new JsonText()
                .startObject()
                .name("type")
                .string(type.uri())
                .name("title")
                .string(type.title())
                .name("status")
                .raw(Integer.toString(type.status()))
                .toString();
    }

    private static void write(JsonText text, Object value) {
        if (value instanceof String string) {
            text.string(string);
        } else if (value instanceof Number number) {
            text.raw(number.toString());
        } else if (value instanceof Issue issue) {
            text.startObject()
                    .name("path")
                    .string(issue.path())
                    .name("message")
                    .string(issue.message())
                    .endObject();
        } else if (value instanceof List<?> list) {
            text.startArray();
            list.forEach(item -> write(text, item));
            text.endArray();
        } else {
            text.raw(Answer.encode(value).toString());
        }
    }
}
