package com.quotient.business;

import java.time.Instant;

/** A tenant: the owner of keys, users and data. Its name is for people and need not be unique. */
public record Business(String id, String name, Instant createdAt) {}
