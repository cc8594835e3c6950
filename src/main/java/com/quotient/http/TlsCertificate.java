package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.config.InvalidSetting;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509KeyManager;

/** The certificate of the API port with its key, which belongs to it. Immutable. */
public final class TlsCertificate {
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final PemKeyCertOptions pem;
    /** That of the server, followed by those of its issuers. */
    private final List<X509Certificate> chain;

    private TlsCertificate(PemKeyCertOptions pem, List<X509Certificate> chain) {
        this.pem = pem;
        this.chain = chain;
    }

    /**
     * Reads the files that the settings name. Blocks.
     *
     * @throws InvalidSetting with a sentence if one cannot be read or holds something else, or the key belongs to
     *     another certificate; the sentence tells nothing of the key
     */
    public static TlsCertificate read(HttpConfig config) {
        Buffer chain = file("http.tlsCertificateFile", config.tlsCertificateFile());
        Buffer key = file("http.tlsKeyFile", config.tlsKeyFile());
        List<X509Certificate> certificates = certificates(chain, config);
        PemKeyCertOptions pem = new PemKeyCertOptions().setCertValue(chain).setKeyValue(key);
        if (!belongTogether(privateKey(pem, config), certificates.get(0).getPublicKey())) {
            throw new InvalidSetting("The key in " + config.tlsKeyFile() + " belongs to another certificate than the"
                    + " first one in " + config.tlsCertificateFile() + ", which must be that of the server.");
        }
        return new TlsCertificate(pem, certificates);
    }

    /** When the first of the chain expires. */
    Instant notAfter() {
        return Collections.min(chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .toList());
    }

    /** When all of the chain are valid. */
    Instant notBefore() {
        return Collections.max(chain.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .toList());
    }

    /** Whether both files have the same content. */
    boolean isSameAs(TlsCertificate other) {
        return pem.equals(other.pem);
    }

    /**
     * The options of a port that serves it: TLS 1.2 and 1.3 with forward secrecy, and HTTP/2 where the client offers it
     * (ALPN). No certificate of the client is asked for.
     */
    HttpServerOptions applyTo(HttpServerOptions options, HttpConfig config) {
        // The ciphers that HTTP/2 allows (RFC 9113 section 9.2.2).
        Http2SecurityUtil.CIPHERS.forEach(options::addEnabledCipherSuite);
        return options.setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(pem)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setSslHandshakeTimeout(config.headerDeadline().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal() + ", valid until " + notAfter();
    }

    private static Buffer file(String setting, String name) {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            return Buffer.buffer(in.readNBytes(MAX_FILE_BYTES));
        } catch (IOException | InvalidPathException e) {
            throw new InvalidSetting(
                    "The file " + name + " of " + setting + " cannot be read; check its name and permissions.");
        }
    }

    private static List<X509Certificate> certificates(Buffer chain, HttpConfig config) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (var certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(chain.getBytes()))) {
                certificates.add((X509Certificate) certificate);
            }
            if (!certificates.isEmpty()) {
                requireOrder(certificates, config);
                return certificates;
            }
        } catch (CertificateException e) {
            // Not PEM, which the sentence below says.
        }
        throw new InvalidSetting("http.tlsCertificateFile must name a PEM file with the certificate of the server and"
                + " those of its issuers, but " + config.tlsCertificateFile() + " is not one.");
    }

    /** A key store takes no other chain, and does not say what is wrong with it. */
    private static void requireOrder(List<X509Certificate> chain, HttpConfig config) {
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate signed = chain.get(i - 1);
            if (!signed.getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw new InvalidSetting("In " + config.tlsCertificateFile() + " the certificate of "
                        + signed.getSubjectX500Principal() + " must be followed by that of its issuer, "
                        + signed.getIssuerX500Principal() + "; put that of the server first.");
            }
            if (chain.subList(0, i).contains(chain.get(i))) {
                throw new InvalidSetting(config.tlsCertificateFile() + " has the certificate of "
                        + chain.get(i).getSubjectX500Principal() + " twice; remove one.");
            }
        }
    }

    @SuppressWarnings("NullAway") // No file is read here, and only for files a Vertx is needed.
    private static PrivateKey privateKey(PemKeyCertOptions pem, HttpConfig config) {
        try {
            String alias = pem.loadKeyStore(null).aliases().nextElement();
            return ((X509KeyManager) pem.getKeyManagerFactory(null).getKeyManagers()[0]).getPrivateKey(alias);
        } catch (Exception e) {
            // The cause might quote the file.
            throw new InvalidSetting("http.tlsKeyFile must name a PEM file with a private key without a passphrase,"
                    + " but " + config.tlsKeyFile() + " is not one.");
        }
    }

    /** Whether the public key verifies what the private key has signed. */
    private static boolean belongTogether(PrivateKey secret, PublicKey open) {
        byte[] text = {1};
        try {
            Signature signature = Signature.getInstance(
                    switch (secret.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> secret.getAlgorithm();
                    });
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
