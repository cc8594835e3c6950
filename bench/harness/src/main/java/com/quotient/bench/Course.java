package com.quotient.bench;

import java.util.List;
import java.util.Map;

/**
 * What contenders are asked to do.
 *
 * @param answers of the server to each workload, by the workload's name; contenders that know nothing repeat them
 */
public record Course(List<Workload> workloads, Map<String, RawAnswer> answers) {
    public RawAnswer answer(Workload workload) {
        return answers.get(workload.name());
    }
}
