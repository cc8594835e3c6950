package com.quotient.cli;

import com.quotient.business.BusinessAdmin;
import com.quotient.keys.KeyAdmin;
import com.quotient.testing.TestServer;
import java.nio.file.Path;
import java.time.InstantSource;

/** What the first start of the embedded database leaves, for tests of what people do next. */
public final class FirstStart {
    private FirstStart() {}

    /** Makes the business, the login and the keys, and writes the credentials to {@code data} in the directory. */
    public static void on(TestServer server, Path directory) {
        Path file = DevelopmentCredentials.file(directory.resolve("data"));
        KeyAdmin keys = new KeyAdmin(
                server.server().vertx(),
                server.server().database().maintenance(),
                TestServer.config(server.databaseUrl()).keyFeed(),
                InstantSource.system());
        BusinessAdmin businesses = new BusinessAdmin(
                server.server().vertx(), server.server().database().maintenance(), InstantSource.system());
        new Demo(keys, businesses, file, progress -> {})
                .credentials(server.uri("").toString(), server.managementUri("").toString());
    }
}
