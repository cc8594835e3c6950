package com.quotient.testing;

/** Node with npm, for tests of TypeScript. */
public final class NeedsNpm extends Prerequisite {
    public NeedsNpm() {
        super(
                onPath("node", "npm"),
                "Nothing written in TypeScript is tested, because node or npm is missing; install them.",
                "QUOTIENT_REQUIRE_NPM");
    }
}
