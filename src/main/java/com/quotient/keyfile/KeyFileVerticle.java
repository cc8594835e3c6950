package com.quotient.keyfile;

import com.quotient.config.KeyFilesConfig;
import com.quotient.keys.Actor;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the key files of a directory at the start and whenever they change. It reads them every
 * {@code keyFiles.interval} instead of waiting for events of the file system: a mounted ConfigMap changes by a link of
 * its directory, and network file systems have no events. A file that disappears changes nothing.
 */
public final class KeyFileVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(KeyFileVerticle.class);
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    private final Pool pool;
    private final KeyFilesConfig config;
    private final InstantSource clock;
    private final KeyFileStats stats;
    private final String server;

    private Future<Void> working = Future.succeededFuture();
    /** What was read the last time; at most {@code keyFiles.maxFiles}. */
    private Map<Path, Read> before = Map.of();
    /** What was logged the last time, so that each sentence is logged once. */
    private List<String> logged = List.of();

    /** {@code server} names this server in the audit. */
    public KeyFileVerticle(Pool pool, KeyFilesConfig config, InstantSource clock, KeyFileStats stats, String server) {
        this.pool = pool;
        this.config = config;
        this.clock = clock;
        this.stats = stats;
        this.server = server;
    }

    /** A file as it was read, or why it cannot be. */
    private record Read(@Nullable KeyFile file, @Nullable String fault) {
        /** Whether a later reading found the same. */
        boolean isSame(@Nullable Read other) {
            return other != null
                    && file != null
                    && other.file != null
                    && file.digest().equals(other.file.digest())
                    && file.hashes().equals(other.file.hashes());
        }
    }

    /** What became of a round. */
    private static final class Round {
        private final List<String> sentences = new ArrayList<>();
        private int refused;
        private int drift;
    }

    @Override
    public Future<?> start() {
        KeyFileAdmin admin = new KeyFileAdmin(vertx, pool, clock);
        vertx.setPeriodic(0, config.interval().toMillis(), timer -> {
            if (working.isComplete()) {
                working = round(admin);
            }
        });
        return Future.succeededFuture();
    }

    /** Completes when the current round ends. */
    @Override
    public Future<?> stop() {
        return working.otherwiseEmpty();
    }

    private Future<Void> round(KeyFileAdmin admin) {
        Round round = new Round();
        return vertx.executeBlocking(this::readAll, false)
                .compose(read -> {
                    Future<Void> applied = Future.succeededFuture();
                    for (Map.Entry<Path, Read> entry : read.entrySet()) {
                        boolean settled = entry.getValue().isSame(before.get(entry.getKey()));
                        applied =
                                applied.compose(done -> apply(admin, entry.getKey(), entry.getValue(), settled, round));
                    }
                    before = read;
                    return applied;
                })
                .onFailure(failure -> {
                    round.refused++;
                    round.sentences.add(
                            "The key files in " + config.directory() + " cannot be read: " + failure.getMessage());
                })
                .transform(done -> {
                    report(round);
                    return Future.succeededFuture();
                });
    }

    private Future<Void> apply(KeyFileAdmin admin, Path path, Read read, boolean settled, Round round) {
        if (read.file() == null) {
            return refused(path, Objects.requireNonNull(read.fault()), round);
        }
        if (!settled) {
            return Future.succeededFuture();
        }
        return admin.apply(read.file(), new Actor("file:" + read.file().name(), server))
                .transform(done -> {
                    if (done.failed()) {
                        return refused(path, String.valueOf(done.cause().getMessage()), round);
                    }
                    KeyPlan plan = done.result().plan();
                    round.drift += plan.drift().size();
                    round.sentences.addAll(plan.drift());
                    if (!plan.steps().isEmpty()) {
                        log.info(
                                "Applied the key file {}: {} keys changed",
                                path,
                                plan.steps().size());
                    }
                    return Future.succeededFuture();
                });
    }

    private static Future<Void> refused(Path path, String why, Round round) {
        round.refused++;
        round.sentences.add("The key file " + path + " was not applied: " + why);
        return Future.succeededFuture();
    }

    private void report(Round round) {
        stats.round(round.refused, round.drift);
        round.sentences.stream().filter(sentence -> !logged.contains(sentence)).forEach(log::warn);
        logged = round.sentences;
    }

    /** Runs on a worker. */
    private Map<Path, Read> readAll() throws IOException {
        Path directory = Path.of(config.directory());
        KeyFileReader reader = new KeyFileReader(directory);
        Map<Path, Read> read = new LinkedHashMap<>();
        try (Stream<Path> listed = Files.list(directory)) {
            List<Path> files =
                    listed.filter(KeyFileVerticle::isKeyFile).sorted().toList();
            if (files.size() > config.maxFiles()) {
                throw new IOException(
                        "there are " + files.size() + ", more than keyFiles.maxFiles (" + config.maxFiles() + ")");
            }
            for (Path file : files) {
                read.put(file, read(reader, file));
            }
        }
        refuseTwins(read);
        return read;
    }

    /** Two files of one name, such as a file and its copy, would undo each other. */
    private static void refuseTwins(Map<Path, Read> read) {
        Map<String, Long> names = read.values().stream()
                .filter(one -> one.file() != null)
                .collect(Collectors.groupingBy(
                        one -> Objects.requireNonNull(one.file()).name(), Collectors.counting()));
        read.replaceAll((path, one) ->
                one.file() != null && names.getOrDefault(one.file().name(), 0L) > 1
                        ? new Read(
                                null,
                                "another file of the directory has the name \""
                                        + one.file().name() + "\", too.")
                        : one);
    }

    /** Hidden files are what editors and ConfigMaps leave. */
    private static boolean isKeyFile(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
    }

    private static Read read(KeyFileReader reader, Path path) {
        try (InputStream input = Files.newInputStream(path)) {
            return new Read(reader.read(input.readNBytes(KeyFileReader.MAX_BYTES + 1)), null);
        } catch (KeyFileRefused e) {
            return new Read(null, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Read(null, "it cannot be read; check its permissions.");
        }
    }
}
