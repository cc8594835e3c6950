package com.quotient.usage;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The accepted requests of one key, counted by origin, route and agent family. A request of a kind that was seen
 * allocates nothing. Used by one thread at a time.
 */
final class CallerCounts implements Kinds {
    /** As many as {@code size} are there. */
    private Counter[] counters = new Counter[1];

    private int size;
    private boolean isNew;

    /** A kind of caller. An empty route means that further kinds of one family are counted together. */
    static final class Counter {
        private final AgentFamily family;
        private final String origin;
        private final String route;
        private long firstMillis;
        private long lastMillis;
        private long count;

        Counter(AgentFamily family, String origin, String route) {
            this.family = family;
            this.origin = origin;
            this.route = route;
        }

        /** What was counted; this counter begins anew. */
        Counter take() {
            Counter taken = new Counter(family, origin, route);
            taken.firstMillis = firstMillis;
            taken.lastMillis = lastMillis;
            taken.count = count;
            count = 0;
            return taken;
        }

        // Routes are constants, so identity suffices for equal ones.
        @SuppressWarnings("ReferenceEquality")
        boolean is(AgentFamily family, String origin, String route) {
            return this.family == family && this.route == route && this.origin.equals(origin);
        }

        void count(long nowMillis) {
            if (count++ == 0) {
                firstMillis = nowMillis;
            }
            lastMillis = nowMillis;
        }
    }

    /**
     * Counts a request, and returns the counter that did.
     *
     * @param maxKinds the number of kinds that are counted separately; further ones are counted by family
     */
    Counter count(AgentFamily family, String origin, String route, long nowMillis, int maxKinds) {
        Counter counter = find(family, origin, route);
        if (counter == null && size < maxKinds) {
            counter = add(family, origin, route);
            isNew = true;
        } else if (counter == null) {
            Counter together = find(family, "", "");
            counter = together == null ? add(family, "", "") : together;
        }
        counter.count(nowMillis);
        return counter;
    }

    /** Whether anything was counted since the last {@link #take}. */
    boolean isCounted() {
        for (int i = 0; i < size; i++) {
            if (counters[i].count > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether a kind was seen that was not there at the last {@link #take}. */
    boolean hasNewKind() {
        return isNew;
    }

    /** What was counted since the last call. Kinds that were not seen since then are forgotten, with their counters. */
    CallerCounts take() {
        CallerCounts taken = new CallerCounts();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Counter counter = counters[i];
            if (counter.count > 0) {
                taken.append(counter.take());
                counters[kept++] = counter;
            }
        }
        Arrays.fill(counters, kept, size, null);
        size = kept;
        isNew = false;
        return taken;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void forEach(BiConsumer<Kind, Tally> visitor) {
        for (int i = 0; i < size; i++) {
            Counter counter = counters[i];
            visitor.accept(
                    new Kind(counter.family.label(), counter.origin, counter.route),
                    new Tally(counter.count, counter.firstMillis, counter.lastMillis));
        }
    }

    private @Nullable Counter find(AgentFamily family, String origin, String route) {
        for (int i = 0; i < size; i++) {
            if (counters[i].is(family, origin, route)) {
                return counters[i];
            }
        }
        return null;
    }

    private Counter add(AgentFamily family, String origin, String route) {
        Counter counter = new Counter(family, origin, route);
        append(counter);
        return counter;
    }

    private void append(Counter counter) {
        if (size == counters.length) {
            counters = Arrays.copyOf(counters, 2 * size);
        }
        counters[size++] = counter;
    }
}
