package com.quotient.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow as administrators see it.
 *
 * @param segment the slug of the list whose people may enter; null for everybody
 * @param segmentGone whether the list was deleted, so that nobody can enter
 * @param holds the held steps, in order
 * @param previousSecretUntil when the last of the previous secrets stops signing; null when none signs
 */
public record FlowDetails(
        String id,
        String businessId,
        String name,
        Trigger trigger,
        boolean active,
        @Nullable String segment,
        boolean segmentGone,
        List<Step> steps,
        List<Hold> holds,
        @Nullable Instant previousSecretUntil,
        Instant createdAt) {}
