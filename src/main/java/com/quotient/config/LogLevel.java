package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;

/** Log levels, from least to most output. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    @JsonCreator
    static LogLevel of(String name) {
        return Checks.choice("log.level", LogLevel.class, name);
    }
}
