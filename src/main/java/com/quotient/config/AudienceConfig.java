package com.quotient.config;

/** Imports of people: concurrency, and the limits of one file. */
public record AudienceConfig(
        int maxImports,
        int maxImportsPerBusiness,
        int importThreads,
        int minImportRate,
        int maxImportRowBytes,
        int maxImportRejections,
        int maxImportInflation) {
    public AudienceConfig {
        Checks.range("audience.maxImports", maxImports, 1, 1000);
        Checks.range("audience.maxImportsPerBusiness", maxImportsPerBusiness, 1, 1000);
        Checks.range("audience.importThreads", importThreads, 1, 64);
        Checks.range("audience.minImportRate", minImportRate, 0, 1 << 30);
        Checks.range("audience.maxImportRowBytes", maxImportRowBytes, 1024, 1 << 24);
        Checks.range("audience.maxImportRejections", maxImportRejections, 0, 1_000_000_000);
        Checks.range("audience.maxImportInflation", maxImportInflation, 1, 10_000);
    }
}
