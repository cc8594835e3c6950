package com.quotient.http;

import com.quotient.config.Settings;
import java.io.IOException;
import java.net.BindException;
import java.util.Locale;

/** A port that cannot be opened. The message says which one, why, and what to do. */
public final class CannotListen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private CannotListen(String message) {
        super(message, null, false, false);
    }

    /**
     * Explains the failure to open a port.
     *
     * @param section the section of the settings that holds {@code host} and {@code port}
     * @return the failure itself if it does not concern the port
     */
    public static Throwable explain(Throwable failure, String section, String host, int port) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (reason.contains("address already in use")) {
                return new CannotListen("Port " + port + " is in use; set "
                        + Settings.environmentName(section + ".port")
                        + " to another one, or stop what listens there.");
            }
            // The native transport throws a plain IOException where the JDK's throws a BindException.
            if (cause instanceof BindException || cause instanceof IOException && reason.startsWith("bind")) {
                return new CannotListen("Port " + port + " of " + host + " cannot be opened (" + cause.getMessage()
                        + "); set " + Settings.environmentName(section + ".host") + " and "
                        + Settings.environmentName(section + ".port") + " to what this user may open.");
            }
        }
        return failure;
    }
}
