package com.quotient.config;

/**
 * The memory budgets of requests, by kind, and the share of one caller.
 *
 * @param trees for large bodies that are being parsed; it bounds how many are parsed at once
 * @param streamBytes what each streamed answer takes from {@code rows}
 */
public record BudgetConfig(
        MemorySize heads,
        MemorySize bodies,
        MemorySize answers,
        MemorySize rows,
        MemorySize trees,
        int streamBytes,
        double maxBusinessShare,
        double maxAddressShare) {
    /** The memory to parse a body of 1 MiB with the maximum number of values. */
    private static final long TREE_BYTES = 24 << 20;

    public BudgetConfig {
        Checks.range("budget.streamBytes", streamBytes, 1 << 16, 1 << 28);
        Checks.share("budget.maxBusinessShare", maxBusinessShare);
        Checks.share("budget.maxAddressShare", maxAddressShare);
    }

    /** The number of workers that may parse large bodies at once; at least one. */
    public int parsersAtOnce(int workers) {
        return (int) Math.max(1, Math.min(workers, trees.bytes() / TREE_BYTES));
    }
}
