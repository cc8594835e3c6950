package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.cli.ImportFile.BadRecord;
import com.quotient.csv.UnreadableFile;
import com.quotient.keys.Actor;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAdmin.Import;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyPolicy;
import com.quotient.keys.KeyTier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports keys that were issued elsewhere. Importing the same file again adds only keys that are new. */
@Command(
        name = "import",
        description = "Imports keys of another system, in clear or as SHA-256, from CSV with a header or from NDJSON.",
        footer = {
            "",
            "Columns or members: key or hash, prefix, suffix, type, name, description, scopes, origins,",
            "allowMissingOrigin, ips, rateLimit, expires. Several values in one are separated by spaces."
        })
final class KeyImport extends DatabaseCommand {
    private static final int BATCH = 1000;
    /** JSON output is kept in memory; text is not. */
    private static final int MAX_REPORTED = 1000;

    private static final String STANDARD_INPUT = "-";

    enum Format {
        CSV,
        NDJSON
    }

    @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
    private String file = "";

    @Option(names = "--business", paramLabel = "ID|NAME", description = "Whose keys; not needed if there is only one.")
    private @Nullable String business;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "csv or ndjson. Default: as the name of the file says.")
    private @Nullable Format format;

    @Option(names = "--type", paramLabel = "TYPE", description = "public or private, for rows with a hash and no type.")
    private @Nullable String type;

    @Option(names = "--dry-run", description = "Check everything and write nothing.")
    private boolean dryRun;

    private final List<Import> batch = new ArrayList<>();
    /** Only a dry run must remember which keys it would have written. */
    private final Set<KeyHash> seen = new HashSet<>();

    private final JsonArray reported = new JsonArray();
    private long created;
    private long known;
    private long rejected;

    @Override
    int run(OpenDatabase database) {
        KeyTier hashType = fromOptions(() -> type == null ? null : KeyTier.named(type));
        Format chosen = format();
        Business owner = database.business(business);
        KeyPolicy policy = database.await(database.policies().of(owner.id()));
        try (InputStream input = file.equals(STANDARD_INPUT) ? input() : Files.newInputStream(Path.of(file));
                ImportFile records = chosen == Format.CSV ? new ImportFile.Csv(input) : new ImportFile.Ndjson(input)) {
            Instant now = Instant.now();
            while (read(records, hashType, policy, now)) {
                if (batch.size() == BATCH) {
                    write(database, owner);
                }
            }
            write(database, owner);
        } catch (UnreadableFile e) {
            throw new CommandFailure(e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("The file " + file + " cannot be read; check its name, permissions and encoding"
                    + " (UTF-8). " + created + " keys were imported before.");
        }
        report();
        return rejected == 0 ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private Format format() {
        if (format != null) {
            return format;
        }
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return Format.CSV;
        }
        if (name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
            return Format.NDJSON;
        }
        throw usage("The name of the file does not say its format; add --format csv or --format ndjson.");
    }

    /** Adds one record to the batch or rejects it; returns false at the end. */
    private boolean read(ImportFile records, @Nullable KeyTier hashType, KeyPolicy policy, Instant now)
            throws IOException {
        long line = 0;
        try {
            ImportRecord next = records.next();
            if (next == null) {
                return false;
            }
            line = next.line();
            Import key = next.key(hashType, now);
            policy.check(key.spec().expiresAt(), now);
            batch.add(key);
        } catch (BadRecord e) {
            reject(e.line(), e.getMessage());
        } catch (IllegalArgumentException e) {
            reject(line, e.getMessage());
        }
        return true;
    }

    private void write(OpenDatabase database, Business owner) {
        KeyAdmin keys = database.keys();
        int fresh = 0;
        if (dryRun) {
            List<KeyHash> hashes =
                    batch.stream().map(key -> key.material().hash()).toList();
            Set<KeyHash> stored = database.await(keys.known(hashes));
            for (KeyHash hash : hashes) {
                fresh += !stored.contains(hash) && seen.add(hash) ? 1 : 0;
            }
        } else if (!batch.isEmpty()) {
            Actor actor = OpenDatabase.actor();
            fresh = database.await(keys.importKeys(owner.id(), batch, actor));
        }
        created += fresh;
        known += batch.size() - fresh;
        batch.clear();
    }

    private void reject(long line, @Nullable String detail) {
        rejected++;
        String safe = KeyText.withoutKeys(detail);
        if (!json()) {
            err().println("Line " + line + ": " + safe);
        } else if (reported.size() < MAX_REPORTED) {
            reported.add(new JsonObject().put("line", line).put("detail", safe));
        }
    }

    private void report() {
        if (json()) {
            print(new JsonObject()
                    .put("dryRun", dryRun)
                    .put("created", created)
                    .put("alreadyKnown", known)
                    .put("rejected", rejected)
                    .put("errors", reported));
        } else {
            out().println((dryRun ? "Would create " : "Created ") + created + ", already known " + known + ", rejected "
                    + rejected + ".");
        }
    }
}
