package com.quotient.bench;

import org.jspecify.annotations.Nullable;

/**
 * What one turn of one contender measured.
 *
 * @param count of requests or events
 * @param perSecond how many of them each second
 * @param p50 in milliseconds
 * @param p99 in milliseconds
 * @param cpu microseconds of the contender's processes for each request or event
 * @param postgresCpu the same of Postgres
 * @param residentMegabytes after the turn
 */
public record Sample(
        double count,
        double perSecond,
        @Nullable Double p50,
        @Nullable Double p99,
        @Nullable Double cpu,
        @Nullable Double postgresCpu,
        @Nullable Double residentMegabytes) {}
