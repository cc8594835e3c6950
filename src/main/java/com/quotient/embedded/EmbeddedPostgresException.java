package com.quotient.embedded;

import org.jspecify.annotations.Nullable;

/**
 * The embedded Postgres cannot run. The message is a sentence for the operator that says what is wrong and what to do.
 */
public final class EmbeddedPostgresException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedPostgresException(String message) {
        this(message, null);
    }

    EmbeddedPostgresException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
