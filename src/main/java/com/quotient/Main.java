package com.quotient;

import com.quotient.cli.Quotient;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The process: hands the command line over and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(Quotient.run(System.getenv(), System.in, out, err, Quotient::printsToTerminal, arguments));
    }
}
