package com.quotient.bench.pieces;

import com.quotient.origin.Origin;
import com.quotient.origin.OriginRules;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How an origin is read, and whether it is allowed by the last of so many rules. */
@State(Scope.Thread)
public class OriginBenchmark {
    private static final String HEADER = "https://app.shop99.example.com";

    private final Origin origin = Origin.parse(HEADER);

    @State(Scope.Thread)
    public static class Rules {
        @Param({"1", "100"})
        public int rules;

        private OriginRules compiled;

        @Setup
        public void compile() {
            List<String> entries = new ArrayList<>();
            for (int i = 100 - rules; i < 100; i++) {
                entries.add("https://app.shop" + i + ".example.com");
            }
            compiled = OriginRules.of(entries);
        }
    }

    @Benchmark
    public Origin parse() {
        return Origin.parse(HEADER);
    }

    @Benchmark
    public String match(Rules rules) {
        return rules.compiled.match(origin);
    }
}
