package com.quotient.bench.contender;

import com.quotient.bench.RawAnswer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process of {@link Bare}. Arguments: {@code PORT=FILE} with the answer that is given there. */
final class BareServer extends VerticleBase {
    private static final int EVENT_LOOPS = 2;

    private final int port;
    private final int status;
    private final CharSequence[] names;
    private final CharSequence[] values;
    private final Buffer body;

    private BareServer(int port, RawAnswer answer) {
        this.port = port;
        this.status = answer.status();
        this.names = answer.headers().keySet().stream()
                .map(HttpHeaders::createOptimized)
                .toArray(CharSequence[]::new);
        this.values = answer.headers().values().stream()
                .map(HttpHeaders::createOptimized)
                .toArray(CharSequence[]::new);
        this.body = Buffer.buffer(answer.body());
    }

    public static void main(String[] arguments) throws IOException {
        // As Quotient chooses by default.
        Transport transport = Transport.IO_URING != null && Transport.IO_URING.available()
                ? Transport.IO_URING
                : Transport.nativeTransport();
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS))
                .withTransport(transport)
                .build();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            int port = Integer.parseInt(argument.substring(0, equals));
            try (InputStream file = Files.newInputStream(Path.of(argument.substring(equals + 1)))) {
                RawAnswer answer = RawAnswer.read(file);
                vertx.deployVerticle(
                                () -> new BareServer(port, answer), new DeploymentOptions().setInstances(EVENT_LOOPS))
                        .onFailure(failure -> {
                            System.err.println("Port " + port + " cannot be served: " + failure.getMessage());
                            System.exit(1);
                        });
            }
        }
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer().requestHandler(this::answer).listen(port, "127.0.0.1");
    }

    private void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response().setStatusCode(status);
        for (int i = 0; i < names.length; i++) {
            response.putHeader(names[i], values[i]);
        }
        response.end(body);
    }
}
