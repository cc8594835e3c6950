package com.quotient;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.NeedsNpm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Builds the SDKs and runs their tests, which use the packaged server and a browser. */
@ExtendWith(NeedsNpm.class)
class SdkIT {
    private static final Path SDK = Path.of("sdk");
    private static final long PATIENCE_MINUTES = 12;

    @BeforeAll
    static void build() throws Exception {
        run("npm", "ci", "--no-audit", "--no-fund");
        run("npm", "run", "build");
    }

    @Test
    void sdksPassTheirTypesAndTestsAgainstTheServer() throws Exception {
        run("npm", "run", "typecheck");
        run("npm", "run", "test:behaviour");
    }

    @Test
    @Tag("slow")
    void packagesInstallAndTheirExamplesRun() throws Exception {
        run("npm", "run", "test:packages");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path output = Path.of("target", "sdk.log").toAbsolutePath();
        Process process = new ProcessBuilder(command)
                .directory(SDK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        System.out.println(printed);
        assertThat(ended)
                .as("whether %s ended, which printed %s", command, printed)
                .isTrue();
        assertThat(process.exitValue())
                .as("exit of %s, which printed %s", String.join(" ", command), printed)
                .isZero();
    }
}
