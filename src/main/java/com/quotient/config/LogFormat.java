package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;

/** Lines for machines or for people. */
public enum LogFormat {
    /**
     * Text with the embedded database, which is for development, otherwise JSON. A {@link Config} holds the choice.
     */
    AUTO,
    JSON,
    TEXT;

    @JsonCreator
    static LogFormat of(String name) {
        return Checks.choice("log.format", LogFormat.class, name);
    }
}
