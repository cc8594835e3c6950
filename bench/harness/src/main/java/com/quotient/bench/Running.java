package com.quotient.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * A contender that runs.
 *
 * @param ports where each workload is answered, by the workload's name
 */
public record Running(Program program, Map<String, Integer> ports) {

    /** One that answers every workload on the same port. */
    public static Running on(int port, Program program, Course course) {
        Map<String, Integer> ports = new HashMap<>();
        course.workloads().forEach(workload -> ports.put(workload.name(), port));
        return new Running(program, ports);
    }

    int port(Workload workload) {
        return ports.get(workload.name());
    }
}
