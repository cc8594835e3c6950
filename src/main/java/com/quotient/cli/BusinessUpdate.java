package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.config.Durations;
import com.quotient.keys.KeyPolicy;
import com.quotient.keys.KeyPolicyAdmin;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update", description = "Sets the policy of a business for its keys.")
final class BusinessUpdate extends DatabaseCommand {
    private static final String NONE = "none";

    @Parameters(paramLabel = "ID|NAME", description = "The business.")
    private String business = "";

    @Option(
            names = "--max-key-lifetime",
            required = true,
            paramLabel = "TIME",
            description =
                    "How far ahead the expiry of a key may lie when it is set, such as 90d; or none. Existing keys"
                            + " stay as they are.")
    private String maxKeyLifetime = "";

    @Override
    int run(OpenDatabase database) {
        KeyPolicy policy = fromOptions(this::policy);
        Business owner = database.business(business);
        KeyPolicyAdmin policies = database.policies();
        database.await(policies.set(owner.id(), policy, OpenDatabase.actor()));
        long exceeding = database.await(policies.exceeding(owner.id(), Instant.now()));
        if (json()) {
            print(BusinessList.json(database.business(owner.id())).put("exceedingKeys", exceeding));
            return ExitCodes.OK;
        }
        out().println("The maximum lifetime of keys of " + owner.id() + " (" + owner.name() + ") is " + policy.days()
                + ".");
        if (exceeding > 0) {
            out().println(
                            exceeding == 1
                                    ? "1 key expires later and stays as it is; the dashboard shows it."
                                    : exceeding + " keys expire later and stay as they are; the dashboard lists them.");
        }
        return ExitCodes.OK;
    }

    private KeyPolicy policy() {
        if (maxKeyLifetime.equals(NONE)) {
            return new KeyPolicy(null);
        }
        Duration time = Durations.parse(maxKeyLifetime);
        long days = time.toDays();
        if (!time.equals(Duration.ofDays(days)) || days < 1 || days > KeyPolicy.MAX_DAYS) {
            throw new IllegalArgumentException("\"" + maxKeyLifetime
                    + "\" is not a maximum lifetime of keys; write whole days from 1d to " + KeyPolicy.MAX_DAYS
                    + "d, or none.");
        }
        return new KeyPolicy((int) days);
    }
}
