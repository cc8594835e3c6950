package com.quotient.analytics;

import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The length of a bucket in a series; buckets begin at full minutes, hours and days of UTC. */
enum Interval {
    MINUTE("minute", ChronoUnit.MINUTES, 60),
    HOUR("hour", ChronoUnit.HOURS, 24),
    DAY("day", ChronoUnit.DAYS, 30);

    private final String wireName;
    private final ChronoUnit unit;
    private final int usualBuckets;

    Interval(String wireName, ChronoUnit unit, int usualBuckets) {
        this.wireName = wireName;
        this.unit = unit;
        this.usualBuckets = usualBuckets;
    }

    /** By the parameter {@code interval}: an hour if it is absent, a 400 if it is none of the names. */
    static Interval from(Query query) {
        String name = query.text("interval");
        if (name == null) {
            return HOUR;
        }
        for (Interval interval : values()) {
            if (interval.wireName.equals(name)) {
                return interval;
            }
        }
        throw Problem.invalid("interval", "must be minute, hour or day.").exception();
    }

    long seconds() {
        return unit.getDuration().toSeconds();
    }

    /** Where a range begins that ends at {@code to} and does not say: the last hour by minutes, day by hours, 30 days by days. */
    Instant usualStart(Instant to) {
        return bucket(to.minusNanos(1)).minus(usualBuckets - 1L, unit);
    }

    /** The start of the bucket that holds an instant. */
    Instant bucket(Instant time) {
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds()) * seconds());
    }
}
