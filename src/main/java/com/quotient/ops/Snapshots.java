package com.quotient.ops;

import com.quotient.analytics.IngestStats;
import com.quotient.http.HttpStats;
import com.quotient.http.RequestStats;
import com.quotient.usage.KeyUseCounters;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** Metrics with labels that are known only when they are asked for, as Prometheus's own classes. */
final class Snapshots {
    private Snapshots() {}

    static HistogramSnapshot histogram(String name, String help, IngestStats.Distribution values) {
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(dataPoint(
                        Labels.EMPTY,
                        DoubleStream.of(values.bounds()).boxed().toList(),
                        values.buckets(),
                        values.sum()))
                .build();
    }

    static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
            Labels labels, List<Double> bounds, long[] counts, double sum) {
        List<Double> all = new ArrayList<>(bounds);
        all.add(Double.POSITIVE_INFINITY);
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(
                        all, LongStream.of(counts).boxed().toList()))
                .sum(sum)
                .build();
    }

    static MetricSnapshots requests(HttpStats http) {
        Map<Labels, long[]> buckets = new HashMap<>();
        Map<Labels, Double> sums = new HashMap<>();
        for (RequestStats loop : http.loops()) {
            loop.forEach((route, method, status, counts, sum) -> {
                Labels labels = Labels.of("route", route, "method", method, "status", status);
                long[] total = buckets.computeIfAbsent(labels, key -> new long[counts.length]);
                for (int i = 0; i < counts.length; i++) {
                    total[i] += counts[i];
                }
                sums.merge(labels, sum, Double::sum);
            });
        }
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("quotient_http_request_duration_seconds")
                .help("Time from the request's headers to the end of its response");
        CounterSnapshot.Builder requests = CounterSnapshot.builder()
                .name("quotient_http_requests")
                .help("Requests by route, method and status class");
        buckets.forEach((labels, counts) -> {
            histogram.dataPoint(dataPoint(labels, RequestStats.BUCKETS, counts, sums.getOrDefault(labels, 0.0)));
            requests.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) LongStream.of(counts).sum())
                    .build());
        });
        return MetricSnapshots.of(histogram.build(), requests.build());
    }

    static MetricSnapshots keyUses(KeyUseCounters uses) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("quotient_key_requests").help("Requests by key id and outcome");
        uses.forEach((keyId, outcome, count) -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("key_id", keyId, "outcome", outcome.label()))
                .value((double) count)
                .build()));
        return MetricSnapshots.of(counter.build());
    }
}
