package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;

/** How the event loops read and write sockets. */
public enum IoTransport {
    /** The first that is available, in the order of this list. */
    AUTO,
    IO_URING,
    EPOLL,
    /** The one of the JDK, which is available everywhere. */
    NIO;

    @JsonCreator
    static IoTransport of(String name) {
        return Checks.choice("server.transport", IoTransport.class, name);
    }
}
