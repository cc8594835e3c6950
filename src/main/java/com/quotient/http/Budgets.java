package com.quotient.http;

import com.quotient.config.BudgetConfig;
import com.quotient.config.Config;
import com.quotient.config.MemorySize;
import com.quotient.http.Budget.Kind;
import java.util.List;

/** The memory budgets of requests, by kind. One instance, shared by all event loops. */
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
        BudgetConfig settings = config.budget();
        this.heads = budget(
                Kind.HEADS, settings, settings.heads(), 4L * config.http().maxHeaderBytes());
        // A compressed body is held beside its inflated form.
        this.bodies = budget(Kind.BODIES, settings, settings.bodies(), 2 * largestBody);
        this.answers = budget(Kind.ANSWERS, settings, settings.answers(), largestBody);
        this.rows = budget(Kind.ROWS, settings, settings.rows(), settings.streamBytes());
        this.streamBytes = settings.streamBytes();
    }

    private static Budget budget(Kind kind, BudgetConfig settings, MemorySize limit, long minShareBytes) {
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

    /** The memory of a stream while it is written: a page of rows, and the text of a few. */
    int streamBytes() {
        return streamBytes;
    }
}
