package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.business.BusinessAdmin;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.db.DatabaseUrl;
import com.quotient.db.Migrations;
import com.quotient.embedded.EmbeddedPostgres;
import com.quotient.flow.FlowAdmin;
import com.quotient.flow.FlowDetails;
import com.quotient.flow.FlowOutbox;
import com.quotient.keyfile.KeyFileAdmin;
import com.quotient.keys.Actor;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAudit;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyPolicyAdmin;
import com.quotient.memory.MemoryAdmin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database for one command. Starts an embedded database if no server is running it. Migrates the schema only where
 * nothing else is responsible for it.
 */
final class OpenDatabase implements AutoCloseable {
    private final Config config;
    private final DatabaseUrl url;
    /** Resources to close at the end. */
    private final @Nullable EmbeddedPostgres started;

    private final Vertx vertx = Vertx.vertx();
    private final Database database;

    private OpenDatabase(Config config, DatabaseUrl url, @Nullable EmbeddedPostgres started) {
        this.config = config;
        this.url = url;
        this.started = started;
        this.database = new Database(vertx, config, url);
    }

    /** Opens a database whose schema is up to date; fails if it is not or if the database cannot be reached. */
    static OpenDatabase open(Config config, Consumer<String> progress) {
        OpenDatabase open = openAsItIs(config, progress);
        try {
            open.requireSchema();
            return open;
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /** Opens a database with any schema. */
    static OpenDatabase openAsItIs(Config config, Consumer<String> progress) {
        if (!config.database().isEmbedded()) {
            return new OpenDatabase(config, DatabaseUrl.of(config.database()), null);
        }
        Path directory = Path.of(config.data().directory());
        Optional<EmbeddedPostgres> running = EmbeddedPostgres.attach(directory);
        if (running.isPresent()) {
            return new OpenDatabase(config, DatabaseUrl.parse(running.get().url()), null);
        }
        EmbeddedPostgres started = EmbeddedPostgres.start(directory, progress);
        // An interrupted command never reaches close(); without this hook, Postgres would outlive it.
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop Postgres"));
        return new OpenDatabase(config, DatabaseUrl.parse(started.url()), started);
    }

    Config config() {
        return config;
    }

    DatabaseUrl url() {
        return url;
    }

    KeyAdmin keys() {
        return new KeyAdmin(vertx, database.maintenance(), config.keyFeed(), InstantSource.system());
    }

    KeyPolicyAdmin policies() {
        return new KeyPolicyAdmin(database.maintenance());
    }

    KeyFileAdmin keyFiles() {
        return new KeyFileAdmin(vertx, database.maintenance(), InstantSource.system());
    }

    KeyAudit audit() {
        return new KeyAudit(database.maintenance());
    }

    BusinessAdmin businesses() {
        return new BusinessAdmin(vertx, database.maintenance(), InstantSource.system());
    }

    FlowAdmin flows() {
        return new FlowAdmin(vertx, database, config.webhook(), InstantSource.system());
    }

    FlowOutbox outbox() {
        return new FlowOutbox(database.maintenance());
    }

    MemoryAdmin memory() {
        return new MemoryAdmin(database.maintenance());
    }

    /** Migrates the schema; returns the number of applied migrations. */
    int migrate() {
        return explained(() -> Migrations.migrate(url));
    }

    /** Waits for a result. Only the command's thread may block like this. */
    <T> T await(Future<T> future) {
        return explained(future::await);
    }

    /** The business with this id or name; without either, the only business. */
    Business business(@Nullable String idOrName) {
        return await(businesses().one(idOrName, "choose one with --business"));
    }

    /** The key with this id. */
    KeyDetails key(String id) {
        if (KeyFormat.tier(id) != null) {
            throw new CommandFailure(
                    "Give the id of the key (key_…), not the key itself; 'quotient key check -' reads a"
                            + " key from standard input and prints its id.");
        }
        KeyDetails found = await(keys().find(id));
        if (found == null) {
            throw new CommandFailure("There is no key " + id + "; 'quotient key list' shows all.");
        }
        return found;
    }

    /** The flow with this id. */
    FlowDetails flow(String id) {
        FlowDetails found = await(flows().find(id));
        if (found == null) {
            throw new CommandFailure("There is no flow " + id + "; 'quotient flow list' shows all.");
        }
        return found;
    }

    /** The user of the command line, for the audit. */
    static Actor actor() {
        return new Actor("cli:" + System.getProperty("user.name"), hostName());
    }

    @Override
    public void close() {
        try {
            database.close().eventually(vertx::close).await();
        } finally {
            if (started != null) {
                started.close();
            }
        }
    }

    private void requireSchema() {
        if (started != null) {
            await(Migrations.migrate(vertx, database, url));
            return;
        }
        int pending = await(Migrations.pending(vertx, database, url));
        if (pending > 0) {
            throw new CommandFailure("The schema of " + url + " lacks " + pending
                    + (pending == 1 ? " migration" : " migrations") + "; run 'quotient migrate' first.");
        }
    }

    private interface Step<T> {
        T run();
    }

    private <T> T explained(Step<T> step) {
        try {
            return step.run();
        } catch (Exception e) {
            // A future that is awaited throws its failure as it is, checked ones included.
            throw Failures.explained(e, url);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
