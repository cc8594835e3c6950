package com.quotient.cli;

/** How a command ends. */
public final class ExitCodes {
    public static final int OK = 0;
    /** It could not do what it was asked, or what it checked is not right. */
    public static final int FAILED = 1;
    /** It was asked in a wrong way: options, arguments, settings. */
    public static final int USAGE = 2;

    private ExitCodes() {}
}
