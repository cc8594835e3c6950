package com.quotient.business;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant: the owner of keys, users and data. Its name is for people and need not be unique.
 *
 * @param maxKeyLifetimeDays the policy for its keys; null for no limit
 */
public record Business(
        String id, String name, Instant createdAt, @Nullable Integer maxKeyLifetimeDays) {}
