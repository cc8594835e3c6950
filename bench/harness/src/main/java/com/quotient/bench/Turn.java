package com.quotient.bench;

import java.util.function.IntFunction;

/**
 * What one contender does when it is its turn.
 *
 * @param run takes the seconds it may last
 */
public record Turn(String name, IntFunction<Sample> run) {
    public Turn named(String other) {
        return new Turn(other, run);
    }
}
