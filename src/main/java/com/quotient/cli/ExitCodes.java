package com.quotient.cli;

/** Exit codes of commands. */
public final class ExitCodes {
    public static final int OK = 0;
    /** The command failed, or its check found a problem. */
    public static final int FAILED = 1;
    /** Options, arguments or settings are invalid. */
    public static final int USAGE = 2;

    /** A dry run would change something. */
    public static final int CHANGES = 2;

    private ExitCodes() {}
}
