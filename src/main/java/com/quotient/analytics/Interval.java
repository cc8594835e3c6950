package com.quotient.analytics;

import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * The length of a bucket in a series. Buckets begin at a full minute or hour, at the start of a day, on a Monday (ISO
 * 8601) or on the first of a month, all in a time zone. A day has 23 or 25 hours when the zone's clocks change; minutes
 * and hours always have 60 seconds and minutes.
 */
enum Interval {
    MINUTE("minute", ChronoUnit.MINUTES, 60),
    HOUR("hour", ChronoUnit.HOURS, 24),
    DAY("day", ChronoUnit.DAYS, 30),
    WEEK("week", ChronoUnit.WEEKS, 12),
    MONTH("month", ChronoUnit.MONTHS, 12);

    private final String wireName;
    private final ChronoUnit unit;
    private final int usualBuckets;

    Interval(String wireName, ChronoUnit unit, int usualBuckets) {
        this.wireName = wireName;
        this.unit = unit;
        this.usualBuckets = usualBuckets;
    }

    /** Parses the parameter {@code interval}: an hour if it is absent, a 400 for an unknown name. */
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
        throw Problem.invalid("interval", "must be minute, hour, day, week or month.")
                .exception();
    }

    /**
     * The default start of a range that ends at {@code to}: one hour for minutes, one day for hours, 30 days for days,
     * 12 weeks for weeks, one year for months.
     */
    Instant usualStart(Instant to, ZoneId zone) {
        Instant last = start(to.minusNanos(1), zone);
        return isOfClock()
                ? last.minus(usualBuckets - 1L, unit)
                : startOfDay(date(last, zone).minus(usualBuckets - 1L, unit), zone);
    }

    /** The start of the bucket that holds an instant. */
    Instant start(Instant time, ZoneId zone) {
        if (isOfClock()) {
            long seconds = unit.getDuration().toSeconds();
            long offset = zone.getRules().getOffset(time).getTotalSeconds();
            return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond() + offset, seconds) * seconds - offset);
        }
        LocalDate date = date(time, zone);
        return startOfDay(
                switch (this) {
                    case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case MONTH -> date.withDayOfMonth(1);
                    default -> date;
                },
                zone);
    }

    /** The start of the bucket after the one that begins at {@code start}. */
    Instant next(Instant start, ZoneId zone) {
        return isOfClock() ? start.plus(1, unit) : startOfDay(date(start, zone).plus(1, unit), zone);
    }

    /** Whether a bucket has a fixed length, unlike calendar units. */
    private boolean isOfClock() {
        return !unit.isDateBased();
    }

    private static LocalDate date(Instant time, ZoneId zone) {
        return LocalDate.ofInstant(time, zone);
    }

    /** Midnight, or the first time of the day in a zone that skips midnight. */
    private static Instant startOfDay(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant();
    }
}
