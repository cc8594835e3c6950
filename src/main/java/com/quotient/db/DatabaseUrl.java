package com.quotient.db;

import com.quotient.config.DatabaseConfig;
import com.quotient.config.InvalidSetting;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection URI as in libpq:
 * {@code postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=ca.pem}.
 *
 * <p>TLS modes are libpq's: {@code disable}, {@code allow}, {@code prefer} (default) and {@code require} do not verify
 * the server, {@code verify-ca} verifies its certificate, {@code verify-full} also its host name. {@code sslrootcert}
 * names a PEM file; without it the Java trust store decides.
 */
public record DatabaseUrl(
        String host,
        int port,
        String database,
        String user,
        @Nullable String password,
        SslMode sslMode,
        @Nullable String rootCertificate,
        @Nullable Path passwordFile) {

    private static final int DEFAULT_PORT = 5432;
    private static final String FORM = "write it as postgresql://user:password@host:port/database";

    /**
     * Parses a connection URI.
     *
     * @throws InvalidSetting with a sentence that never repeats the URL, which may hold a password
     */
    public static DatabaseUrl parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new InvalidSetting("database.url is not a URL: " + e.getReason() + "; " + FORM
                    + " and percent-encode special characters of the password.");
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new InvalidSetting("database.url must begin with postgresql://; " + FORM + ".");
        }
        if (uri.getHost() == null
                || uri.getRawUserInfo() == null
                || uri.getPath().length() < 2) {
            throw new InvalidSetting("database.url needs a user, a host and a database; " + FORM + ".");
        }
        String[] credentials = uri.getRawUserInfo().split(":", 2);
        Map<String, String> parameters = parameters(uri.getRawQuery());
        SslMode sslMode = sslMode(parameters.remove("sslmode"));
        String rootCertificate = parameters.remove("sslrootcert");
        if (!parameters.isEmpty()) {
            throw new InvalidSetting("database.url has the unknown parameter "
                    + parameters.keySet().iterator().next() + "; sslmode and sslrootcert are known.");
        }
        String host = uri.getHost();
        return new DatabaseUrl(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                uri.getPath().substring(1),
                decode(credentials[0]),
                credentials.length > 1 ? decode(credentials[1]) : null,
                sslMode,
                rootCertificate,
                null);
    }

    /**
     * The database of the settings: {@code database.url}, with the password of {@code database.passwordFile} if set.
     *
     * @throws InvalidSetting with a sentence if the URL is malformed, there are two passwords, or {@code sslrootcert} names no
     *     certificates
     */
    public static DatabaseUrl of(DatabaseConfig config) {
        DatabaseUrl url = parse(config.url());
        if (url.rootCertificate != null) {
            requireCertificates(url.rootCertificate);
        }
        if (config.passwordFile().isEmpty()) {
            return url;
        }
        if (url.password != null) {
            throw new InvalidSetting("database.url holds a password and database.passwordFile is set; remove one.");
        }
        return new DatabaseUrl(
                url.host,
                url.port,
                url.database,
                url.user,
                null,
                url.sslMode,
                url.rootCertificate,
                Path.of(config.passwordFile()));
    }

    /**
     * The password for a new connection, or empty. Reads the password file, so it blocks.
     *
     * @throws UncheckedIOException when the file cannot be read
     */
    public String currentPassword() {
        if (passwordFile == null) {
            return password == null ? "" : password;
        }
        try {
            // Editors and "echo" end a file with a line feed, which is not part of the password.
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("database.passwordFile " + passwordFile + " cannot be read", e));
        }
    }

    /** Options of the asynchronous client, without a password from a file. */
    PgConnectOptions connectOptions(String applicationName) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(host)
                .setPort(port)
                .setDatabase(database)
                .setUser(user)
                .setPassword(password == null ? "" : password)
                .setSslMode(sslMode);
        Map<String, String> properties = new HashMap<>(options.getProperties());
        properties.put("application_name", applicationName);
        options.setProperties(properties);
        if (sslMode != SslMode.DISABLE) {
            boolean verified = isVerified();
            ClientSSLOptions ssl = new ClientSSLOptions()
                    .setTrustAll(!verified)
                    .setHostnameVerificationAlgorithm(sslMode == SslMode.VERIFY_FULL ? "HTTPS" : "");
            if (verified && rootCertificate != null) {
                ssl.setTrustOptions(new PemTrustOptions().addCertPath(rootCertificate));
            }
            options.setSslOptions(ssl);
        }
        return options;
    }

    /** The same database for JDBC, which only the migrations use. */
    public String jdbcUrl() {
        String trust = rootCertificate != null
                ? "&sslrootcert=" + URLEncoder.encode(rootCertificate, StandardCharsets.UTF_8)
                // The driver's default factory fails without a file; the asynchronous client uses Java's trust store
                // then.
                : isVerified() ? "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory" : "";
        String hosts = sslMode == SslMode.VERIFY_FULL ? "&sslhostnameverifier=" + CertificateHosts.class.getName() : "";
        String ssl = "?sslmode=" + sslMode.value + trust + hosts;
        return "jdbc:postgresql://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database
                + ssl;
    }

    private boolean isVerified() {
        return sslMode == SslMode.VERIFY_CA || sslMode == SslMode.VERIFY_FULL;
    }

    /** The address of the database, without credentials. */
    @Override
    public String toString() {
        return host + ":" + port + "/" + database;
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query != null) {
            for (String pair : query.split("&")) {
                String[] parts = pair.split("=", 2);
                parameters.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
            }
        }
        return parameters;
    }

    private static SslMode sslMode(@Nullable String name) {
        if (name == null) {
            return SslMode.PREFER;
        }
        for (SslMode mode : SslMode.values()) {
            if (mode.value.equals(name.toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        throw new InvalidSetting("database.url has an unknown sslmode;"
                + " use disable, allow, prefer, require, verify-ca or verify-full.");
    }

    private static void requireCertificates(String file) {
        String reason;
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .isEmpty()) {
                return;
            }
            reason = "it holds none";
        } catch (CertificateException e) {
            reason = "it is not in PEM format";
        } catch (IOException | InvalidPathException e) {
            reason = "it cannot be read";
        }
        throw new InvalidSetting(
                "sslrootcert in database.url must name a file with the certificates of authorities, but " + file
                        + " is not one: " + reason + ".");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
