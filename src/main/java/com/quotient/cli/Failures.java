package com.quotient.cli;

import com.quotient.business.BusinessConflict;
import com.quotient.config.InvalidSetting;
import com.quotient.db.CertificateHosts.WrongHost;
import com.quotient.db.DatabaseUrl;
import com.quotient.db.NoConnection;
import com.quotient.db.UnsupportedPostgres;
import com.quotient.embedded.EmbeddedPostgresException;
import com.quotient.flow.FlowConflict;
import com.quotient.http.CannotListen;
import com.quotient.keyfile.KeyFileRefused;
import com.quotient.keys.ExpiryNotAllowed;
import com.quotient.keys.KeyConflict;
import com.quotient.problem.ProblemException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns a failure into one sentence and an exit code. Users never see a stack trace. */
final class Failures {
    private static final String URL_ADVICE = "correct database.url (QUOTIENT_DATABASE_URL)";

    private Failures() {}

    /** Handles invalid options and arguments. */
    static int usage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String sentence = KeyText.withoutKeys(failure.getMessage());
        command.getErr()
                .println(sentence + (sentence.endsWith(".") ? "" : ".") + " See '"
                        + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    /** Handles every other failure. */
    static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(KeyText.withoutKeys(sentence(failure)));
        return failure instanceof InvalidSetting ? ExitCodes.USAGE : ExitCodes.FAILED;
    }

    /** Explains a failure of this database to its operator; returns any other failure unchanged. */
    static RuntimeException explained(Throwable failure, DatabaseUrl url) {
        String sentence = databaseSentence(failure, url);
        if (sentence != null) {
            return new CommandFailure(sentence);
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    private static String sentence(Throwable failure) {
        if (failure instanceof CommandFailure
                || failure instanceof InvalidSetting
                || failure instanceof CannotListen
                || failure instanceof UnsupportedPostgres
                || failure instanceof EmbeddedPostgresException
                || failure instanceof KeyConflict
                || failure instanceof ExpiryNotAllowed
                || failure instanceof KeyFileRefused
                || failure instanceof BusinessConflict
                || failure instanceof FlowConflict
                || failure instanceof ProblemException) {
            return String.valueOf(failure.getMessage());
        }
        StackTraceElement[] trace = failure.getStackTrace();
        return "Unexpected: " + failure + (trace.length == 0 ? "" : " at " + trace[0])
                + ". This is a fault of Quotient; please report it.";
    }

    private static @Nullable String databaseSentence(Throwable failure, DatabaseUrl url) {
        boolean migration = false;
        if (failure instanceof FlywayException flyway
                && flyway.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
            return "The database " + url + " contains tables of another program; create an empty one for Quotient, or "
                    + URL_ADVICE + ".";
        }
        String certificate = certificateSentence(failure, url);
        if (certificate != null) {
            return certificate;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = cause instanceof SQLException e
                    ? e.getSQLState()
                    : cause instanceof DatabaseException e ? e.getSqlState() : null;
            if (state != null && state.length() == 5) {
                String known = byState(state, cause, url);
                if (known != null) {
                    return known;
                }
                return (migration ? "A migration of " : "A statement on ") + url + " failed and changed nothing: "
                        + firstLine(cause) + " (SQLSTATE " + state + ").";
            }
            if (cause instanceof NoConnection
                    || cause instanceof ClosedConnectionException
                    || cause instanceof IOException) {
                return unreachable(cause, url);
            }
            migration |= cause instanceof FlywayException;
        }
        return migration ? "The schema of " + url + " cannot be migrated: " + lines(failure) : null;
    }

    private static @Nullable String certificateSentence(Throwable failure, DatabaseUrl url) {
        boolean refused = false;
        String certificate = "The certificate of the database " + url;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof CertificateExpiredException) {
                return certificate + " has expired (" + message + "); renew it on the database server.";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return certificate + " is not valid yet (" + message
                        + "); correct the clocks, or renew it on the database server.";
            }
            if (cause instanceof WrongHost wrong) {
                return certificate + " is issued for " + wrong.hosts() + ", and not for " + url.host()
                        + "; write the host of the certificate in database.url, or sslmode=verify-ca, which does not"
                        + " check it.";
            }
            if (cause instanceof CertPathValidatorException path && path.getIndex() > 0) {
                X509Certificate issuer =
                        (X509Certificate) path.getCertPath().getCertificates().get(path.getIndex());
                certificate = "In the chain of the certificate of the database " + url + ", that of "
                        + issuer.getSubjectX500Principal();
            }
            refused |= cause instanceof CertificateException || cause instanceof CertPathValidatorException;
        }
        return refused
                ? certificate
                        + " is not signed by a trusted authority; set sslrootcert in database.url to the file"
                        + " with the certificate of its authority."
                : null;
    }

    private static @Nullable String byState(String state, Throwable failure, DatabaseUrl url) {
        return switch (state.substring(0, 2)) {
            case "08" ->
                state.equals("08004")
                        ? "The database " + url + " does not take the connection (" + firstLine(failure) + "); "
                                + URL_ADVICE + ", its password or sslmode."
                        : unreachable(failure, url);
            case "57", "53" -> unreachable(failure, url);
            case "28" ->
                "The database " + url + " refuses the login of " + url.user() + "; " + URL_ADVICE
                        + ", its user and password.";
            case "3D" -> "There is no such database as " + url + "; create it, or " + URL_ADVICE + ".";
            default -> null;
        };
    }

    private static String unreachable(Throwable failure, DatabaseUrl url) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root instanceof UnknownHostException ? "unknown host" : firstLine(root);
        return "The database " + url + " cannot be reached (" + reason + "); start it, or " + URL_ADVICE + ".";
    }

    private static String firstLine(Throwable failure) {
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    private static String lines(Throwable failure) {
        return String.join(
                " ",
                String.valueOf(failure.getMessage()).lines().map(String::strip).toList());
    }
}
