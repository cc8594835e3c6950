package com.quotient.http;

import com.quotient.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Ends a response with its body. */
public final class ResponseBody {
    private ResponseBody() {}

    /**
     * Ends the response with a whole body, or with its length alone for {@code HEAD} (RFC 9110 section 9.3.2). Vert.x
     * omits the body in HTTP/1.1 only, and the length with it.
     */
    public static Future<Void> end(HttpServerRequest request, Buffer body) {
        HttpServerResponse response = request.response();
        if (!request.method().equals(HttpMethod.HEAD)) {
            return response.end(body);
        }
        return response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
                .end();
    }

    /** Answers with a problem and ends the connection, so that the rest of the request need not be read. */
    public static void endAndClose(HttpServerRequest request, Problem problem) {
        HttpServerResponse response = request.response();
        response.setStatusCode(problem.type().status()).putHeader(HttpHeaders.CONTENT_TYPE, HttpNames.PROBLEM_JSON);
        problem.headers().forEach(response::putHeader);
        if (request.version() != HttpVersion.HTTP_2) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        end(request, ProblemText.of(problem)).onComplete(done -> Connections.close(request.connection()));
    }
}
