package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.business.BusinessUser;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Creates a user, who may administer the business.")
final class UserCreate extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", description = "Whose user; not needed if there is only one.")
    private @Nullable String business;

    @Option(
            names = "--email",
            required = true,
            paramLabel = "ADDRESS",
            description = "The e-mail address, which the user signs in with.")
    private String email = "";

    @Mixin
    private final PasswordOption passwords = new PasswordOption();

    @Override
    int run(OpenDatabase database) {
        Business owner = database.business(business);
        String password = passwords.choose(input());
        BusinessUser user =
                database.await(fromOptions(() -> database.businesses().createUser(owner.id(), email, password)));
        if (json()) {
            print(new JsonObject()
                    .put("id", user.id())
                    .put("businessId", user.businessId())
                    .put("email", user.email())
                    .put("password", passwords.shown(password)));
            return ExitCodes.OK;
        }
        out().println("User " + user.id() + " (" + user.email() + ") is created.");
        passwords.print(password, out());
        return ExitCodes.OK;
    }
}
