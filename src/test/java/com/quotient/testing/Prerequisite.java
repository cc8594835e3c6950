package com.quotient.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/**
 * What a test class needs of the machine beyond the JDK it runs on. Without it the class is skipped, and says so; where
 * the environment forbids the skip, it fails.
 */
public abstract class Prerequisite implements ExecutionCondition {
    private final boolean met;
    private final String otherwise;
    private final String requiring;

    /**
     * A prerequisite of a test.
     *
     * @param otherwise a sentence that says what is missing, what is therefore not tested, and what to do
     * @param requiring the environment variable that is 1 where the tests may not be skipped
     */
    protected Prerequisite(boolean met, String otherwise, String requiring) {
        this.met = met;
        this.otherwise = otherwise;
        this.requiring = requiring;
    }

    /** Whether programs are installed. */
    protected static boolean onPath(String... programs) {
        return Stream.of(programs)
                .allMatch(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, program))));
    }

    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (met) {
            return ConditionEvaluationResult.enabled("");
        }
        if ("1".equals(System.getenv(requiring))) {
            throw new AssertionFailedError(otherwise + " It is required here, by " + requiring + "=1.");
        }
        System.err.println("SKIPPED " + context.getDisplayName() + ": " + otherwise);
        return ConditionEvaluationResult.disabled(otherwise);
    }
}
