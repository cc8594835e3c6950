package com.quotient;

import com.quotient.testing.Prerequisite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same on JDK 25, on which the container image runs. */
@Tag("slow")
@ExtendWith(JarOnJdk25IT.NeedsJdk25.class)
class JarOnJdk25IT extends JarIT {
    private static final Path JDKS = Path.of("/usr/lib/jvm");
    private static final @Nullable Path JAVA = find();

    static final class NeedsJdk25 extends Prerequisite {
        NeedsJdk25() {
            super(
                    JAVA != null,
                    "There is no JDK 25, so the jar is not tried on it; set JAVA25_HOME, or install one in " + JDKS
                            + ".",
                    "QUOTIENT_REQUIRE_JDK25");
        }
    }

    /** The directory of the JDK 25; null without one. */
    static @Nullable Path home() {
        return JAVA == null ? null : JAVA.getParent().getParent();
    }

    @Override
    Path java() {
        return JAVA;
    }

    @Override
    String archiving() {
        return "-XX:AOTCacheOutput=";
    }

    private static @Nullable Path find() {
        String home = System.getenv("JAVA25_HOME");
        if (home != null) {
            return Path.of(home, "bin", "java");
        }
        if (Files.isDirectory(JDKS)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(JDKS, "*25*")) {
                for (Path jdk : found) {
                    Path java = jdk.resolve("bin").resolve("java");
                    if (Files.isExecutable(java)) {
                        return java;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return null;
    }
}
