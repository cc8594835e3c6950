package com.quotient.db;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.postgresql.ssl.PGjdbcHostnameVerifier;

/** Verifies the host of a certificate as the JDBC driver does, which creates it, and says whose it is instead. */
public final class CertificateHosts implements HostnameVerifier {
    /** The maximum number of hosts in a sentence. */
    private static final int MAX_NAMED = 10;

    /** The types of names that are DNS names and addresses (RFC 5280 section 4.2.1.6). */
    private static final List<Integer> HOST_TYPES = List.of(2, 7);

    /** The certificate of the database is issued for other hosts. */
    public static final class WrongHost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongHost(String hosts) {
            super(hosts);
        }

        /** To whom it is made out, for a sentence. */
        public String hosts() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Returns true, or fails.
     *
     * @throws WrongHost for a certificate of another host
     */
    @Override
    public boolean verify(String host, SSLSession session) {
        if (!PGjdbcHostnameVerifier.INSTANCE.verify(host, session)) {
            throw new WrongHost(hosts(session));
        }
        return true;
    }

    private static String hosts(SSLSession session) {
        try {
            X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            List<String> hosts = names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> HOST_TYPES.contains(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
            return hosts.isEmpty()
                    ? certificate.getSubjectX500Principal().getName()
                    : String.join(", ", hosts.subList(0, Math.min(MAX_NAMED, hosts.size())))
                            + (hosts.size() > MAX_NAMED ? " and " + (hosts.size() - MAX_NAMED) + " more" : "");
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return "another host";
        }
    }
}
