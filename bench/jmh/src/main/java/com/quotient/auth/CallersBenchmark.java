package com.quotient.auth;

import com.quotient.address.IpRules;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.origin.OriginRules;
import com.quotient.usage.UsageNotes;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How the caller of a request is found in the cache of an event loop. */
@State(Scope.Thread)
public class CallersBenchmark {
    private static final int CALLERS = 10_000;

    private final Callers callers = new Callers(CALLERS);
    private final KeyHash[] hashes = new KeyHash[CALLERS];
    private int next;

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        UsageNotes notes = new UsageNotes();
        for (int i = 0; i < CALLERS; i++) {
            hashes[i] = new KeyHash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
            KeyRecord key = new KeyRecord(
                    hashes[i],
                    "key_" + i,
                    "biz_1",
                    "One",
                    KeyTier.PUBLIC,
                    "page",
                    List.of("ALL"),
                    0,
                    OriginRules.none(),
                    false,
                    IpRules.none(),
                    null,
                    KeyRecord.NEVER,
                    KeyStatus.ACTIVE,
                null);
            callers.put(new Caller(key, notes.of(key.id(), key.businessId()), null));
        }
    }

    @Benchmark
    public Caller known() {
        next = next + 1 == CALLERS ? 0 : next + 1;
        return callers.get(hashes[next]);
    }
}
