package com.quotient.cli;

import com.quotient.business.BusinessUser;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "password",
        description = "Gives a user who has forgotten the password a new one, and ends the user's sessions.")
final class UserPassword extends DatabaseCommand {
    @Parameters(paramLabel = "ADDRESS", description = "The e-mail address of the user.")
    private String email = "";

    @Mixin
    private final PasswordOption passwords = new PasswordOption();

    @Override
    int run(OpenDatabase database) {
        String password = passwords.choose(input());
        BusinessUser user =
                database.await(fromOptions(() -> database.businesses().resetPassword(email, password)));
        if (json()) {
            print(new JsonObject()
                    .put("id", user.id())
                    .put("email", user.email())
                    .put("password", passwords.shown(password)));
            return ExitCodes.OK;
        }
        out().println("User " + user.id() + " (" + user.email()
                + ") has a new password, and is signed out everywhere.");
        passwords.print(password, out());
        return ExitCodes.OK;
    }
}
