package com.quotient.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow as its administrators see it.
 *
 * @param segment the slug of the list whose people may enter; null for everybody
 * @param segmentGone whether that list was deleted, so that nobody can enter
 * @param holds the steps of which nothing is sent now, in order
 * @param previousSecretUntil until when the last of the secrets before this one signs as well; null when none does
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
