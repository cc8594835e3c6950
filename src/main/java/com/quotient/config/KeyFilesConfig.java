package com.quotient.config;

import java.time.Duration;

/**
 * Keys that files describe.
 *
 * @param directory where the files are; empty for none
 * @param interval how often they are read. A file is applied when it is the same twice in a row
 * @param maxFiles maximum files that are read
 */
public record KeyFilesConfig(String directory, Duration interval, int maxFiles) {
    public KeyFilesConfig {
        Checks.positive("keyFiles.interval", interval);
        Checks.range("keyFiles.maxFiles", maxFiles, 1, 1000);
    }
}
