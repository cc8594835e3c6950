package com.quotient.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates in PEM files, made by the JDK's keytool in a directory. */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";
    /** Makes keytool three times as fast: its JVM starts quickly, and keys that protect nothing are hashed once. */
    private static final List<String> QUICKLY = List.of(
            "-J-XX:TieredStopAtLevel=1",
            "-J-XX:+UseSerialGC",
            "-J-Dkeystore.pkcs12.keyPbeIterationCount=1",
            "-J-Dkeystore.pkcs12.certPbeIterationCount=1",
            "-J-Dkeystore.pkcs12.macIterationCount=1");

    private final Path directory;

    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** A certificate with its key. */
    public record Pair(Path certificate, Path key) {}

    /** A new authority; returns its certificate. */
    public Path authority(String name) {
        keytool(name, "-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "bc:c");
        return export(name, name);
    }

    /**
     * A server's certificate.
     *
     * @param host the only DNS name in it
     * @param validFrom its first day as keytool writes it, such as {@code -10d}
     * @param days how long it is valid from then on
     */
    public Pair server(String authority, String name, String host, String validFrom, int days) {
        return signed(authority, name, host, "san=dns:" + host, validFrom, days);
    }

    /** An authority that another has signed, with its own validity. */
    public Pair intermediate(String authority, String name, String validFrom, int days) {
        return signed(authority, name, name, "bc:c", validFrom, days);
    }

    /** A server's certificate that is valid now, followed by that of the intermediate authority that signed it. */
    public Pair serverOf(Pair intermediate, String name, String host) {
        String authority = intermediate.certificate().getFileName().toString().replace(".pem", "");
        Pair pair = server(authority, name, host, "-1d", 10);
        try {
            Files.writeString(
                    pair.certificate(), Files.readString(intermediate.certificate()), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pair;
    }

    private Pair signed(String authority, String name, String subject, String extension, String validFrom, int days) {
        keytool(name, "-genkeypair", "-alias", name, "-dname", "CN=" + subject, "-keyalg", "EC");
        Path request = directory.resolve(name + ".csr");
        keytool(name, "-certreq", "-alias", name, "-file", request.toString());
        Path certificate = directory.resolve(name + ".pem");
        keytool(
                authority,
                "-gencert",
                "-alias",
                authority,
                "-ext",
                extension,
                "-startdate",
                validFrom,
                "-validity",
                Integer.toString(days),
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        return new Pair(certificate, key(name));
    }

    /** The first certificate in a file. */
    public static X509Certificate read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path export(String store, String alias) {
        Path file = directory.resolve(alias + ".pem");
        keytool(store, "-exportcert", "-alias", alias, "-rfc", "-file", file.toString());
        return file;
    }

    private Path key(String name) {
        try {
            KeyStore store = KeyStore.getInstance(store(name).toFile(), PASSWORD.toCharArray());
            Key key = store.getKey(name, PASSWORD.toCharArray());
            Path file = Files.createFile(
                    directory.resolve(name + ".key"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(
                    file,
                    "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                            + "\n-----END PRIVATE KEY-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path store(String name) {
        return directory.resolve(name + ".p12");
    }

    private void keytool(String store, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(QUICKLY);
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store(store).toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
