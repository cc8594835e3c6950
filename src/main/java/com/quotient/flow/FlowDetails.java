package com.quotient.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow as its administrators see it.
 *
 * @param segment the slug of the list whose people may enter; null for everybody
 * @param segmentGone whether that list was deleted, so that nobody can enter
 * @param previousSecretUntil until when the secret before the last rotation signs as well; null when it does not
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
        @Nullable Instant previousSecretUntil,
        Instant createdAt) {}
