package com.quotient.flow;

import java.time.Instant;

/**
 * A webhook that was given up.
 *
 * @param id the {@code webhook-id} of all its attempts
 * @param step its place among the flow's steps, from 1
 * @param fault what went wrong at the last attempt
 */
public record DeadLetter(
        String id,
        String flowId,
        String personId,
        int step,
        int attempts,
        String fault,
        Instant since,
        Instant deadAt) {}
