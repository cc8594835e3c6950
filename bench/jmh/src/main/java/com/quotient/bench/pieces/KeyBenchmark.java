package com.quotient.bench.pieces;

import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyTier;
import java.security.SecureRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What is done with a key before it is looked up. */
@State(Scope.Thread)
public class KeyBenchmark {
    private String key;

    @Setup
    public void issue() {
        key = KeyFormat.issue(KeyTier.PUBLIC, new SecureRandom());
    }

    @Benchmark
    public KeyTier format() {
        return KeyFormat.tier(key);
    }

    @Benchmark
    public KeyHash hash() {
        return KeyHash.of(key);
    }
}
