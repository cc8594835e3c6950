package com.quotient.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Node with npm, for what is written in TypeScript. */
public final class NeedsNpm extends Prerequisite {
    public NeedsNpm() {
        super(
                Stream.of("npm", "node")
                        .allMatch(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .anyMatch(path -> Files.isExecutable(Path.of(path, program)))),
                "Nothing written in TypeScript is tested, because node or npm is missing; install them.",
                "QUOTIENT_REQUIRE_NPM");
    }
}
