package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.business.BusinessAdmin;
import com.quotient.id.Base62;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A business with an owner and two keys, ready for the first request. Only for the embedded database. */
final class Demo {
    private final KeyAdmin keys;
    private final BusinessAdmin businesses;
    private final Path file;
    private final Consumer<String> progress;

    Demo(KeyAdmin keys, BusinessAdmin businesses, Path file, Consumer<String> progress) {
        this.keys = keys;
        this.businesses = businesses;
        this.file = file;
        this.progress = progress;
    }

    /**
     * The credentials of a developer.
     *
     * @param made whether they were created just now
     */
    record Result(DevelopmentCredentials credentials, boolean made) {}

    /** Returns the credentials in the file if they belong to this database; otherwise creates new ones. */
    Result credentials(String apiUrl, String managementUrl) {
        List<Business> existing = businesses.list().await();
        DevelopmentCredentials kept = DevelopmentCredentials.read(file);
        DevelopmentCredentials credentials;
        boolean made = true;
        if (kept != null && existing.stream().anyMatch(one -> one.id().equals(kept.businessId()))) {
            credentials = kept.at(apiUrl, managementUrl);
            made = false;
        } else if (existing.isEmpty()) {
            progress.accept("Creating a first business with an owner and two keys…");
            Business first = businesses.create("Demo").await();
            credentials = issue(first, "owner@example.com").at(apiUrl, managementUrl);
        } else {
            Business first = existing.get(0);
            progress.accept("There are no credentials for this database in " + file
                    + "; creating a new login and new keys for the" + " business \"" + first.name() + "\"…");
            // The address of the former login is taken, and only its owner knows the password.
            String email = "owner-" + Base62.random(6, ThreadLocalRandom.current()) + "@example.com";
            credentials = issue(first, email).at(apiUrl, managementUrl);
        }
        if (!credentials.equals(kept)) {
            credentials.write(file);
        }
        return new Result(credentials, made);
    }

    private DevelopmentCredentials issue(Business business, String email) {
        String password = Passwords.random();
        String login =
                businesses.createUser(business.id(), email, password).await().email();
        KeySpec everywhere = KeySpec.of(KeyTier.PUBLIC, "Demo public key").withAllowedOrigins(List.of("*"));
        Issued publicKey =
                keys.create(business.id(), everywhere, OpenDatabase.actor()).await();
        Issued privateKey = keys.create(
                        business.id(), KeySpec.of(KeyTier.SECRET, "Demo private key"), OpenDatabase.actor())
                .await();
        return new DevelopmentCredentials("", "", business.id(), login, password, publicKey.key(), privateKey.key());
    }
}
