package com.quotient.flow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step of which nothing is sent for a while.
 *
 * @param step its place among the flow's steps, from 1
 * @param until when it goes on by itself; null when an operator has to resume it
 * @param fault what its receiver answered
 */
public record Hold(int step, @Nullable Instant until, String fault) {}
