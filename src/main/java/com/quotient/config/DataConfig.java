package com.quotient.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the embedded Postgres and the development credentials live. */
public record DataConfig(String directory) {
    public DataConfig {
        try {
            Path unused = Path.of(directory);
        } catch (InvalidPathException e) {
            throw new InvalidSetting("data.directory is no path that can be used here (" + e.getReason()
                    + "); give another one, or set LC_ALL to C.UTF-8 if it has letters beyond ASCII.");
        }
    }
}
