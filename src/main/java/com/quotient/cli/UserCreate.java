package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.business.BusinessUser;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Creates a user, who may administer the business.")
final class UserCreate extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Whose user; not needed if there is only one.")
    private @Nullable String business;

    @Option(names = "--email", required = true, paramLabel = "ADDRESS", description = "The name to log in with.")
    private String email = "";

    @Option(
            names = "--password-stdin",
            description = "Read the password, at least 12 characters, from the first line of standard input. Without it"
                    + " one is created and printed, once.")
    private boolean passwordFromInput;

    @Override
    int run(OpenDatabase database) {
        Business owner = database.business(business);
        String password = passwordFromInput ? FirstLine.of(input(), "the password") : Passwords.random();
        BusinessUser user =
                database.await(fromOptions(() -> database.businesses().createUser(owner.id(), email, password)));
        if (json()) {
            print(new JsonObject()
                    .put("id", user.id())
                    .put("businessId", user.businessId())
                    .put("email", user.email())
                    .put("password", passwordFromInput ? null : password));
            return ExitCodes.OK;
        }
        out().println("User " + user.id() + " (" + user.email() + ") is created.");
        if (!passwordFromInput) {
            out().println("Password: " + password);
            out().println("Keep it now: it is not stored and will not be shown again.");
        }
        return ExitCodes.OK;
    }
}
