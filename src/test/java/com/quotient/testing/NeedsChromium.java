package com.quotient.testing;

/** Chromium, for what people see. */
public final class NeedsChromium extends Prerequisite {
    public NeedsChromium() {
        super(
                onPath("chromium"),
                "Pages are not tested in a browser, because chromium is missing; install it.",
                "QUOTIENT_REQUIRE_BROWSER");
    }
}
