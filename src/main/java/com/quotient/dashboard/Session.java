package com.quotient.dashboard;

import com.quotient.business.Role;
import java.time.Instant;

/** A signed-in user, in one business at a time. */
record Session(
        String id,
        String userId,
        String email,
        String businessId,
        String businessName,
        Role role,
        Instant createdAt,
        Instant lastSeenAt,
        Instant expiresAt) {}
