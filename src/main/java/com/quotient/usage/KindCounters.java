package com.quotient.usage;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one key that one event loop counts by kind. A request of a kind that was seen allocates nothing, and
 * one of the same kind as the request before costs one look. Used by one thread at a time.
 */
final class KindCounters implements Kinds {
    /** As many as {@code size} are there. */
    private Counter[] counters = new Counter[1];

    private int size;
    private @Nullable Counter last;
    private boolean isNew;

    /** The counter of one kind; see {@link Kinds.Kind}. */
    private static final class Counter {
        private final String label;
        private final String subject;
        private final String route;
        private long firstMillis;
        private long lastMillis;
        private long count;

        Counter(String label, String subject, String route) {
            this.label = label;
            this.subject = subject;
            this.route = route;
        }

        /** What was counted; this counter begins anew. */
        Counter take() {
            Counter taken = new Counter(label, subject, route);
            taken.firstMillis = firstMillis;
            taken.lastMillis = lastMillis;
            taken.count = count;
            count = 0;
            return taken;
        }

        boolean is(String label, String subject, String route) {
            return this.label.equals(label) && this.route.equals(route) && this.subject.equals(subject);
        }

        void count(long nowMillis) {
            if (count++ == 0) {
                firstMillis = nowMillis;
            }
            lastMillis = nowMillis;
        }
    }

    /**
     * Counts a request.
     *
     * @param label from a closed list, as {@code route} is; quickest if it is the same object for each request
     * @param subject at most {@link Kinds#MAX_SUBJECT} characters
     * @param maxKinds the number of kinds that are counted separately; further ones are counted by label
     */
    void count(String label, String subject, String route, long nowMillis, int maxKinds) {
        Counter counter = last;
        if (counter == null || !counter.is(label, subject, route)) {
            counter = of(label, subject, route, maxKinds);
            last = counter;
        }
        counter.count(nowMillis);
    }

    private Counter of(String label, String subject, String route, int maxKinds) {
        Counter known = find(label, subject, route);
        if (known != null) {
            return known;
        }
        if (size < maxKinds) {
            isNew = true;
            return add(label, subject, route);
        }
        Counter together = find(label, "", "");
        return together == null ? add(label, "", "") : together;
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
    KindCounters take() {
        KindCounters taken = new KindCounters();
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
        last = null;
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
                    new Kind(counter.label, counter.subject, counter.route),
                    new Tally(counter.count, counter.firstMillis, counter.lastMillis));
        }
    }

    private @Nullable Counter find(String label, String subject, String route) {
        for (int i = 0; i < size; i++) {
            if (counters[i].is(label, subject, route)) {
                return counters[i];
            }
        }
        return null;
    }

    private Counter add(String label, String subject, String route) {
        Counter counter = new Counter(label, subject, route);
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
