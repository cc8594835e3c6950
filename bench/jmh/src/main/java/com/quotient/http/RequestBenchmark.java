package com.quotient.http;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The first thing that happens to a request, and the last that happens to one that is refused. */
@State(Scope.Thread)
public class RequestBenchmark {
    private final MultiMap headers = HttpHeaders.headers()
            .add("Host", "api.example.com")
            .add("Connection", "keep-alive")
            .add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")
            .add("Accept", "application/json")
            .add("Authorization", "Bearer pk_0123456789abcdefghijABCDEFGHIJ0123456789")
            .add("Origin", "https://www.example.com")
            .add("Sec-Fetch-Site", "cross-site")
            .add("Sec-Fetch-Mode", "cors")
            .add("Referer", "https://www.example.com/pricing")
            .add("Accept-Encoding", "gzip, deflate, br")
            .add("Accept-Language", "en-US,en;q=0.9");

    private final Problem problem = Problem.of(
            ProblemType.UNAUTHORIZED, "The API key is not valid; check that it is whole and was not revoked.");

    @Benchmark
    public void head(Blackhole blackhole) {
        blackhole.consume(new RequestHead(headers));
    }

    @Benchmark
    public Buffer problem() {
        return ProblemText.of(problem);
    }
}
