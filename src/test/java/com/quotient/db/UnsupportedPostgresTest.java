package com.quotient.db;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class UnsupportedPostgresTest {
    private Vertx vertx;

    @BeforeEach
    void take(Vertx vertx) {
        this.vertx = vertx;
    }

    @Test
    void anOlderPostgresIsRefusedAtTheStartInOneSentence() {
        NetServer old = await(vertx.createNetServer()
                .connectHandler(socket -> socket.handler(startup -> {
                    // Whatever comes after the login is the end of the connection.
                    socket.handler(end -> socket.close());
                    socket.write(greeting("14.9"));
                }))
                .listen(0, "127.0.0.1"));
        String text = "postgresql://joe@127.0.0.1:" + old.actualPort() + "/app?sslmode=disable";
        DatabaseUrl url = DatabaseUrl.parse(text);
        Database database = new Database(vertx, TestServer.config(text), url);

        assertThatThrownBy(() -> await(Migrations.migrate(vertx, database, url)))
                .isInstanceOf(UnsupportedPostgres.class)
                .hasMessage("The database " + url
                        + " is Postgres 14.9, which is too old for Quotient; use version 15 or newer.");

        await(database.close());
    }

    @Test
    void theOldestVersionAndNewerOnesAreTaken() {
        DatabaseUrl url = DatabaseUrl.parse(TestPostgres.shared().url());

        assertThat(UnsupportedPostgres.OLDEST).isEqualTo(15);
        assertThatCode(() -> UnsupportedPostgres.refuse(15, "15.0", url)).doesNotThrowAnyException();
        assertThatCode(() -> UnsupportedPostgres.refuse(19, "19beta1", url)).doesNotThrowAnyException();
        assertThatThrownBy(() -> UnsupportedPostgres.refuse(14, "14.20", url)).hasMessageContaining("Postgres 14.20");
    }

    /** What a server says once a login has succeeded without a password. */
    private static Buffer greeting(String version) {
        return Buffer.buffer()
                .appendBuffer(message('R', Buffer.buffer().appendInt(0)))
                .appendBuffer(message('S', Buffer.buffer("client_encoding\0UTF8\0")))
                .appendBuffer(message('S', Buffer.buffer("server_version\0" + version + "\0")))
                .appendBuffer(message('K', Buffer.buffer().appendInt(1).appendInt(2)))
                .appendBuffer(message('Z', Buffer.buffer().appendString("I")));
    }

    private static Buffer message(char type, Buffer body) {
        return Buffer.buffer()
                .appendByte((byte) type)
                .appendInt(body.length() + Integer.BYTES)
                .appendBuffer(body);
    }
}
