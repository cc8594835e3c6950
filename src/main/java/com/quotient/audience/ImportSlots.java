package com.quotient.audience;

import com.quotient.config.AudienceConfig;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.HashMap;
import java.util.Map;

/** Limits concurrent imports, in total and per business. Thread-safe. */
final class ImportSlots {
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int max;
    private final int maxPerBusiness;
    private final Map<String, Integer> running = new HashMap<>();
    private int all;

    ImportSlots(AudienceConfig config) {
        this.max = config.maxImports();
        this.maxPerBusiness = config.maxImportsPerBusiness();
    }

    /**
     * Takes a slot; the caller must {@linkplain #release release} it.
     *
     * @throws com.quotient.problem.ProblemException a 503 with {@code Retry-After} when none is free
     */
    synchronized void take(String businessId) {
        int own = running.getOrDefault(businessId, 0);
        if (all >= max || own >= maxPerBusiness) {
            throw Problem.of(
                            ProblemType.OVERLOADED,
                            own >= maxPerBusiness
                                    ? "This business already runs " + own + " imports; wait for one to end."
                                    : "The server already runs its maximum of imports; try again shortly.")
                    .retryAfter(RETRY_AFTER_SECONDS)
                    .exception();
        }
        running.put(businessId, own + 1);
        all++;
    }

    synchronized void release(String businessId) {
        running.computeIfPresent(businessId, (id, own) -> own > 1 ? own - 1 : null);
        all--;
    }
}
