package com.quotient.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What to run and for how long.
 *
 * @param scenarios the names of those to run; empty for all
 * @param rounds how often each contender has its turn
 * @param seconds how long one turn takes
 * @param quick fewer and shorter rounds, to see whether everything works; the numbers are rough
 */
public record Options(List<String> scenarios, int rounds, int seconds, boolean quick) {
    private static final String USAGE = "Usage: bench/run [SCENARIO…] [--rounds N] [--seconds N] [--quick]";

    static Options parse(String[] arguments, Set<String> known) {
        List<String> scenarios = new ArrayList<>();
        boolean quick = List.of(arguments).contains("--quick");
        int rounds = quick ? 2 : 3;
        int seconds = 2;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> {}
                case "--rounds" -> rounds = positive(arguments, ++i);
                case "--seconds" -> seconds = positive(arguments, ++i);
                default -> {
                    if (!known.contains(arguments[i])) {
                        throw new BenchException("There is no scenario or option " + arguments[i]
                                + "; the scenarios are " + String.join(", ", known) + ". " + USAGE + ".");
                    }
                    scenarios.add(arguments[i]);
                }
            }
        }
        return new Options(List.copyOf(scenarios), rounds, seconds, quick);
    }

    /** At most so many turns for each contender go before those that count. */
    public int warmUpTurns() {
        return quick ? 4 : 20;
    }

    boolean wants(String scenario) {
        return scenarios.isEmpty() || scenarios.contains(scenario);
    }

    private static int positive(String[] arguments, int index) {
        String name = arguments[index - 1];
        try {
            int value = index < arguments.length ? Integer.parseInt(arguments[index]) : 0;
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same sentence.
        }
        throw new BenchException(name + " needs a whole number above 0. " + USAGE + ".");
    }
}
