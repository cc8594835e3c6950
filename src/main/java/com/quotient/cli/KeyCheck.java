package com.quotient.cli;

import com.quotient.address.IpRules;
import com.quotient.auth.Access;
import com.quotient.auth.Caller;
import com.quotient.auth.Check;
import com.quotient.auth.Check.Question;
import com.quotient.auth.RequestFacts;
import com.quotient.config.Config;
import com.quotient.config.SecretKeyInBrowser;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyRecord;
import com.quotient.problem.Problem;
import com.quotient.server.Server;
import com.quotient.usage.UsageNotes;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Explains whether a request would be accepted, using the checks that decide about real requests. Never prints the key.
 */
@Command(name = "check", description = "Explains why a key would pass or fail for a request.")
final class KeyCheck extends DatabaseCommand {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            paramLabel = "ID|KEY|-",
            description = "The id of a key, or - to read the key itself from standard input. A key can also be given"
                    + " here, but other users of the machine can see the arguments of a process.")
    private String subject = "";

    @Option(names = "--origin", paramLabel = "ORIGIN", description = "The Origin header of the request.")
    private @Nullable String origin;

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address of the caller. Default: ${DEFAULT-VALUE}.")
    private String address = "";

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "GET",
            description = "The method of the request. Default: ${DEFAULT-VALUE}.")
    private String method = "";

    @Option(
            names = "--path",
            paramLabel = "PATH",
            defaultValue = "/api/v0/whoami",
            description = "The path of the request. Default: ${DEFAULT-VALUE}.")
    private String path = "";

    @Option(names = "--browser", description = "The request comes from a browser.")
    private boolean browser;

    /** The request that the options describe. */
    private record Facts(long receivedMillis, @Nullable String origin, boolean hasFetchMetadata, String clientAddress)
            implements RequestFacts {
        @Override
        public @Nullable CharSequence userAgent() {
            return null;
        }

        @Override
        public boolean hasSeveralOrigins() {
            return false;
        }

        @Override
        public String routeName() {
            return "";
        }
    }

    @Override
    int run(OpenDatabase database) {
        // Without rules every address is allowed, but it must be an address.
        fromOptions(() -> IpRules.none().allows(address));
        String text = subject.equals(STANDARD_INPUT)
                ? FirstLine.of(input(), "the key or its id").strip()
                : subject;
        boolean wellFormed = KeyFormat.tier(text) != null;
        KeyRecord key = database.await(
                wellFormed
                        ? database.keys().record(KeyHash.of(text))
                        : database.keys().record(text));
        String checksum = !wellFormed
                ? "unknown, since only the id was given"
                : KeyFormat.hasValidChecksum(text) ? "valid" : "none or wrong; imported keys have none";
        if (key == null) {
            return reportUnknown(wellFormed, checksum);
        }
        Access access = access(database);
        return report(
                key,
                checksum,
                access,
                new Facts(System.currentTimeMillis(), origin, browser, address),
                database.config());
    }

    /** What the route requires; the routes are known without starting a server. */
    private Access access(OpenDatabase database) {
        Server server = new Server(database.config(), database.url(), InstantSource.system());
        try {
            return server.routes()
                    .route(HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)), path)
                    .access();
        } finally {
            database.await(server.stop());
        }
    }

    private int reportUnknown(boolean wellFormed, String checksum) {
        String verdict = wellFormed
                ? "No key with this text is stored; a request would get 401 UNAUTHORIZED."
                : "No key has this id; a key itself is pk_ or sk_ and 20 to 40 letters, digits, _ or -.";
        if (json()) {
            print(new JsonObject()
                    .put("known", false)
                    .put("wellFormed", wellFormed)
                    .put("checksum", checksum)
                    .put("allowed", false)
                    .put("verdict", verdict));
        } else {
            if (wellFormed) {
                KeyText.line(out(), "Checksum", checksum);
            }
            out().println(verdict);
        }
        return ExitCodes.FAILED;
    }

    private int report(KeyRecord key, String checksum, Access access, RequestFacts facts, Config config) {
        Question question = new Question(
                new Caller(key, new UsageNotes().of(key.id(), key.businessId()), null),
                facts,
                access,
                facts.receivedMillis(),
                config.auth().secretKeyInBrowser() == SecretKeyInBrowser.REFUSE);
        Table table = new Table("CHECK", "RESULT", "WHY");
        JsonArray checks = new JsonArray();
        Problem first = null;
        for (Check check : Check.values()) {
            Problem problem = check.ask(question);
            first = first == null ? problem : first;
            table.row(label(check), problem == null ? "pass" : "FAIL", problem == null ? "" : problem.detail());
            checks.add(new JsonObject()
                    .put("check", check.name().toLowerCase(Locale.ROOT))
                    .put("passed", problem == null)
                    .put("status", problem == null ? null : problem.type().status())
                    .put("code", problem == null ? null : problem.type().name())
                    .put("detail", problem == null ? null : problem.detail()));
        }
        String verdict = first == null
                ? "The request would pass" + (key.rateLimit() == null ? "." : ", within " + key.rateLimit() + ".")
                : "The request would get " + first.type().status() + " "
                        + first.type().name() + ".";
        if (json()) {
            print(new JsonObject()
                    .put("known", true)
                    .put("id", key.id())
                    .put("businessId", key.businessId())
                    .put("type", key.tier().wireName())
                    .put("checksum", checksum)
                    .put("checks", checks)
                    .put("allowed", first == null)
                    .put("verdict", verdict));
        } else {
            KeyText.line(
                    out(),
                    "Key",
                    key.id() + " \"" + key.name() + "\", " + key.tier().wireName());
            KeyText.line(out(), "Business", key.businessId() + " \"" + key.businessName() + "\"");
            KeyText.line(out(), "Checksum", checksum);
            KeyText.line(
                    out(),
                    "Request",
                    method.toUpperCase(Locale.ROOT) + " " + path + " from " + facts.clientAddress()
                            + (origin == null ? ", no origin" : ", origin " + origin)
                            + (browser ? ", by a browser" : ""));
            out().println();
            table.print(out());
            out().println();
            out().println(verdict);
        }
        return first == null ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private static String label(Check check) {
        return switch (check) {
            case REVOKED -> "not revoked";
            case DISABLED -> "not disabled";
            case EXPIRED -> "not expired";
            case BROWSER -> "no secret in a browser";
            case ORIGIN -> "origin";
            case ADDRESS -> "address";
            case TIER -> "type of key";
            case SCOPE -> "scope";
        };
    }
}
