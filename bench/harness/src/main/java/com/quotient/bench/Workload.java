package com.quotient.bench;

import java.util.List;

/**
 * What a load generator sends, and what it must be told.
 *
 * @param name for people, and for a file
 * @param status which every answer must have
 * @param connections that are kept open, each with one request at a time
 * @param requests the texts that are sent in turn; each twelve tildes become a number that is used only once
 */
public record Workload(String name, int status, int connections, List<String> requests) {
    /** What stands in a request for a number of twelve digits that no other request has. */
    public static final String UNIQUE = "~".repeat(12);

    public Workload {
        requests = List.copyOf(requests);
    }

    public Workload withConnections(int number) {
        return new Workload(name, status, number, requests);
    }
}
