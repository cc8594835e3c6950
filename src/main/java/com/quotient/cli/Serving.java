package com.quotient.cli;

import com.quotient.business.BusinessAdmin;
import com.quotient.config.Config;
import com.quotient.config.DashboardConfig;
import com.quotient.config.Settings;
import com.quotient.db.DatabaseUrl;
import com.quotient.embedded.EmbeddedPostgres;
import com.quotient.keys.KeyAdmin;
import com.quotient.ops.Logging;
import com.quotient.ops.ProcessEnd;
import com.quotient.server.Server;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the server until the process receives a signal to stop. Without a database in the settings, it starts an
 * embedded one and creates what a developer needs for the first request.
 */
final class Serving {
    private static final Logger log = LoggerFactory.getLogger(Serving.class);

    private final ConfiguredCommand command;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean stopping;
    private @Nullable EmbeddedPostgres embedded;
    private @Nullable Server server;

    Serving(ConfiguredCommand command) {
        this.command = command;
    }

    /** Returns one of {@link ExitCodes} once the server has stopped. */
    int run() {
        Settings settings = command.settings();
        Config config = settings.config();
        Logging.configure(config.log());
        if (!settings.changed().isEmpty()) {
            log.atInfo().addKeyValue("settings", settings.changed()).log("Settings that differ from their defaults");
        }
        ProcessEnd.configure(config.log().format());
        Thread hook = new Thread(() -> stopAndEnd(config.process().stopDeadline()), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            serve(config);
            stopped.await();
        } catch (InterruptedException e) {
            log.info("Interrupted, which asks to stop as a signal does");
        } catch (RuntimeException e) {
            // A server that was stopped during its start does not report a failed start.
            if (!isStopping()) {
                throw e;
            }
        } catch (OutOfMemoryError e) {
            ProcessEnd.outOfMemory();
        } finally {
            stop();
            forget(hook);
        }
        return ExitCodes.OK;
    }

    /** Runs on a signal; further signals have no effect. */
    private void stopAndEnd(Duration deadline) {
        Thread watch = new Thread(() -> endAfter(deadline), "stop deadline");
        watch.setDaemon(true);
        watch.start();
        stop();
        ProcessEnd.stopped();
    }

    private void endAfter(Duration deadline) {
        try {
            if (!stopped.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                ProcessEnd.stopTimedOut(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is already running.
        }
    }

    private void serve(Config config) {
        DatabaseUrl url = database(config);
        Server started = prepare(config, url);
        try {
            started.start().await();
        } catch (RuntimeException e) {
            throw Failures.explained(e, url);
        }
        String apiUrl =
                url(config.http().isTls() ? "https" : "http", config.http().host(), started.apiPort());
        String managementUrl = url("http", config.management().host(), started.managementPort());
        String dashboardUrl = dashboardUrl(config.dashboard(), apiUrl);
        if (!config.database().isEmbedded()) {
            announce("Quotient is running.", apiUrl, managementUrl, dashboardUrl, null);
            return;
        }
        Path file = DevelopmentCredentials.file(Path.of(config.data().directory()));
        Demo demo = new Demo(
                new KeyAdmin(
                        started.vertx(), started.database().maintenance(), config.keyFeed(), InstantSource.system()),
                new BusinessAdmin(started.vertx(), started.database().maintenance(), InstantSource.system()),
                file,
                this::progress);
        Demo.Result result = demo.credentials(apiUrl, managementUrl);
        // A file or a journal would keep them for later readers.
        if (result.made() && !command.json() && command.isTerminal()) {
            announce(result.credentials(), dashboardUrl, file);
        } else {
            announce("Quotient is running, with a database of its own.", apiUrl, managementUrl, dashboardUrl, file);
        }
    }

    private static @Nullable String dashboardUrl(DashboardConfig dashboard, String apiUrl) {
        if (!dashboard.enabled()) {
            return null;
        }
        return dashboard.publicUrl().isEmpty() ? apiUrl + dashboard.basePath() : dashboard.publicUrl();
    }

    /** Holds the lock, so that {@link #stop} also stops a Postgres that is still starting. */
    private synchronized DatabaseUrl database(Config config) {
        requireGoing();
        if (!config.database().isEmbedded()) {
            return DatabaseUrl.of(config.database());
        }
        embedded = EmbeddedPostgres.start(Path.of(config.data().directory()), this::progress);
        return DatabaseUrl.parse(embedded.url());
    }

    private synchronized Server prepare(Config config, DatabaseUrl url) {
        requireGoing();
        server = new Server(config, url, InstantSource.system());
        server.eventLoops().endProcessAfter(config.process().eventLoopDeadline());
        return server;
    }

    private void requireGoing() {
        if (stopping) {
            throw new CommandFailure("The server is being stopped.");
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private synchronized void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        try {
            if (server != null) {
                server.stop().transform(done -> Future.succeededFuture()).await();
            }
        } finally {
            if (embedded != null) {
                embedded.close();
            }
            Logging.stop();
            stopped.countDown();
        }
    }

    private void progress(String sentence) {
        (command.json() ? command.err() : command.out()).println(sentence);
    }

    private void announce(
            String what,
            String apiUrl,
            String managementUrl,
            @Nullable String dashboardUrl,
            @Nullable Path credentials) {
        if (command.json()) {
            JsonObject addresses = new JsonObject().put("apiUrl", apiUrl).put("managementUrl", managementUrl);
            if (dashboardUrl != null) {
                addresses.put("dashboardUrl", dashboardUrl);
            }
            command.print(credentials == null ? addresses : addresses.put("credentials", credentials.toString()));
            return;
        }
        print("""

                %s

                  API          %s
                  Management   %s
                %s%s
                Stop with Ctrl-C.
                """.formatted(
                        what,
                        apiUrl,
                        managementUrl,
                        dashboardLine(dashboardUrl),
                        credentials == null ? "" : "  Keys, login  " + credentials + "\n"));
    }

    private static String dashboardLine(@Nullable String url) {
        return url == null ? "" : "  Dashboard    " + url + "\n";
    }

    /** The only time that they are shown. */
    private void announce(DevelopmentCredentials credentials, @Nullable String dashboardUrl, Path file) {
        print("""

                Quotient is running, with a database of its own.

                  API          %1$s
                  Management   %2$s
                %8$s  Public key   %3$s
                  Private key  %4$s
                  Login        %5$s
                  Password     %6$s
                  Again in     %7$s

                Send an event:

                  curl -s %1$s/api/v0/analytics -H 'Authorization: Bearer %3$s' -H 'Content-Type: application/json' -d '{"eventType":"pageView","url":"https://example.com/"}'

                Read it back:

                  curl -s '%1$s/api/v0/analytics/events?limit=1' -H 'Authorization: Bearer %4$s'

                Stop with Ctrl-C.
                """.formatted(
                        credentials.apiUrl(),
                        credentials.managementUrl(),
                        credentials.publicKey(),
                        credentials.privateKey(),
                        credentials.email(),
                        credentials.password(),
                        file,
                        dashboardLine(dashboardUrl)));
    }

    /** Prints everything at once, so that no log line comes in between. */
    private void print(String block) {
        command.out().println(block);
        command.out().flush();
    }

    private static String url(String scheme, String host, int port) {
        boolean every = host.equals("0.0.0.0") || host.equals("::");
        String name = every ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
        return scheme + "://" + name + ":" + port;
    }
}
