package com.quotient.ops;

import com.quotient.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A server in a process that allocates all memory when it receives a command on standard input. */
public final class HungryServer {
    private static final List<byte[]> TAKEN = new ArrayList<>();

    private HungryServer() {}

    public static void main(String[] arguments) {
        Thread eater = new Thread(HungryServer::takeAll, "eater");
        eater.setDaemon(true);
        eater.start();
        Main.main(arguments);
    }

    private static void takeAll() {
        try {
            if (System.in.read() < 0) {
                return;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int size = 1 << 20; size >= 1 << 10; size /= 2) {
            try {
                while (true) {
                    TAKEN.add(new byte[size]);
                }
            } catch (OutOfMemoryError e) {
                // The next size takes the rest.
            }
        }
    }
}
