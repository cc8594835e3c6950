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
 * The length of a bucket in a series. Buckets begin when the clocks of a time zone show a full minute or hour, a new day, a
 * Monday (ISO 8601) or the first of a month. A day is as long as the zone makes it, 23 or 25 hours when its clocks change;
 * minutes and hours are always 60 seconds and minutes long.
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
        throw Problem.invalid("interval", "must be minute, hour, day, week or month.")
                .exception();
    }

    /**
     * Where a range begins that ends at {@code to} and does not say: the last hour by minutes, day by hours, 30 days by days,
     * 12 weeks by weeks, year by months.
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

    /** The start of the bucket that follows the one that begins at {@code start}. */
    Instant next(Instant start, ZoneId zone) {
        return isOfClock() ? start.plus(1, unit) : startOfDay(date(start, zone).plus(1, unit), zone);
    }

    /** Whether a bucket is a time of the clock and not of the calendar. */
    private boolean isOfClock() {
        return !unit.isDateBased();
    }

    private static LocalDate date(Instant time, ZoneId zone) {
        return LocalDate.ofInstant(time, zone);
    }

    /** Midnight, or what the clocks show first where they skip it. */
    private static Instant startOfDay(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant();
    }
}
