package com.quotient.flow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step whose webhooks are held.
 *
 * @param step its place among the flow's steps, from 1
 * @param until when it resumes by itself; null when an operator has to resume it
 * @param fault the receiver's answer
 */
public record Hold(int step, @Nullable Instant until, String fault) {}
