package com.quotient.http;

import com.quotient.config.Config;
import com.quotient.config.MemorySize;
import com.quotient.http.Budget.Kind;
import java.util.List;

/** The memory that requests may hold, by kind. One for the server; all event loops share it. */
public final class Budgets {
    private final Budget heads;
    private final Budget bodies;
    private final Budget answers;
    private final Budget rows;
    private final int streamBytes;

    public Budgets(Config config) {
        long largestBody = Math.max(
                config.analytics().maxBatchBytes(),
                Math.max(config.http().maxSecretBodyBytes(), config.http().maxPublicBodyBytes()));
        Config.Budget settings = config.budget();
        this.heads = budget(
                Kind.HEADS, settings, settings.heads(), 4L * config.http().maxHeaderBytes());
        // A packed body is held beside what it inflates to.
        this.bodies = budget(Kind.BODIES, settings, settings.bodies(), 2 * largestBody);
        this.answers = budget(Kind.ANSWERS, settings, settings.answers(), largestBody);
        this.rows = budget(Kind.ROWS, settings, settings.rows(), settings.streamBytes());
        this.streamBytes = settings.streamBytes();
    }

    private static Budget budget(Kind kind, Config.Budget settings, MemorySize limit, long minShareBytes) {
        return new Budget(kind, limit, settings.maxBusinessShare(), settings.maxAddressShare(), minShareBytes);
    }

    public List<Budget> all() {
        return List.of(heads, bodies, answers, rows);
    }

    Budget heads() {
        return heads;
    }

    Budget bodies() {
        return bodies;
    }

    Budget answers() {
        return answers;
    }

    Budget rows() {
        return rows;
    }

    /** What a stream holds while it is written: a page of rows and the text of a few. */
    int streamBytes() {
        return streamBytes;
    }
}
