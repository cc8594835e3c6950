package com.quotient;

import com.quotient.cli.Quotient;
import com.quotient.ops.ProcessEnd;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** The process: hands the command line over and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            ProcessEnd.onError(failure);
            LoggerFactory.getLogger(Main.class).error("Thread {} ended", thread.getName(), failure);
        });
        // Otherwise a client of TLS 1.2 could ask for one handshake after the other on its connection. Java reads this
        // once.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        System.exit(Quotient.run(System.getenv(), System.in, out, err, Quotient::printsToTerminal, arguments));
    }
}
