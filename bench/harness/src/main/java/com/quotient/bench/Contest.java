package com.quotient.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Servers that run side by side and answer the same requests. All stay up from the first round to the last; those whose
 * turn it is not are idle. Closing it ends them.
 */
public final class Contest implements AutoCloseable {
    /** A key with a rate limit is let through before it is refused. */
    private static final int TRIES = 5;

    /** So many turns warm up what is new in a workload when everything else is warm. */
    private static final int TURNS_TO_CHANGE_OVER = 3;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lab lab;
    private final Map<Contender, Running> running = new LinkedHashMap<>();
    private final Map<String, RawAnswer> answers = new LinkedHashMap<>();

    private boolean warm;

    private Contest(Lab lab) {
        this.lab = lab;
    }

    /**
     * Starts a reference, notes its answers, and starts the others with them.
     *
     * @throws BenchException when one does not start or answers something else than the reference
     */
    public static Contest start(Lab lab, List<Workload> workloads, Contender reference, Contender... others) {
        Contest contest = new Contest(lab);
        Running first = contest.start(reference, new Course(workloads, Map.of()));
        workloads.forEach(workload -> contest.answers.put(workload.name(), answer(reference, first, workload)));
        Course course = new Course(workloads, contest.answers);
        for (Contender other : others) {
            Running started = contest.start(other, course);
            workloads.stream().filter(other::takes).forEach(workload -> {
                if (!members(answer(other, started, workload)).equals(members(course.answer(workload)))) {
                    throw new BenchException(other.name() + " answers something else than " + reference.name() + ": "
                            + answer(other, started, workload).body());
                }
            });
        }
        return contest;
    }

    /** A turn for each contender that takes such requests. */
    public List<Turn> turns(Workload workload) {
        return turns(workload, 1);
    }

    /** The same, counted not in requests but in what each request holds so many of. */
    public List<Turn> turns(Workload workload, int unitsPerRequest) {
        List<Turn> turns = new ArrayList<>();
        running.forEach((contender, started) -> {
            if (contender.takes(workload)) {
                turns.add(new Turn(contender.name(), seconds -> {
                    Sample sample = measure(contender, started, workload, seconds, unitsPerRequest);
                    // What it still compiles, it would compile during the turn of another.
                    Cpu.awaitIdle(started.program().pid());
                    return sample;
                }));
            }
        });
        return turns;
    }

    /** A turn that does not wait at its end until the contender is idle: its own next turn follows, not that of another. */
    public Turn turnWithoutRest(Contender contender, Workload workload) {
        return new Turn(contender.name(), seconds -> measure(contender, running.get(contender), workload, seconds, 1));
    }

    /** What the reference answered at its start. */
    public RawAnswer answer(Workload workload) {
        return answers.get(workload.name());
    }

    /** The process of a contender, to look into it. */
    public Program program(Contender contender) {
        return running.get(contender).program();
    }

    /** Compares all contenders; only the first time are they cold. */
    public Comparison compare(Workload workload) {
        List<Turn> turns = turns(workload);
        if (!warm) {
            warm = true;
            return Comparison.run(lab, workload.name(), turns);
        }
        turns.forEach(turn -> Comparison.warmUp(lab, workload.name(), turn, TURNS_TO_CHANGE_OVER));
        return Comparison.run(lab, workload.name(), List.of(), turns);
    }

    /** Sends each request of a workload once to every contender that takes it, whatever the answers are. */
    public void sendOnce(Workload workload) {
        running.forEach((contender, started) -> {
            if (contender.takes(workload)) {
                workload.requests().forEach(request -> send(contender, started, workload, request));
            }
        });
    }

    @Override
    public void close() {
        running.values().forEach(each -> each.program().close());
    }

    private Running start(Contender contender, Course course) {
        lab.say("Starting " + contender.name() + ".");
        Running started = contender.start(lab, course);
        running.put(contender, started);
        return started;
    }

    private Sample measure(Contender contender, Running started, Workload workload, int seconds, int unitsPerRequest) {
        answer(contender, started, workload);
        long pid = started.program().pid();
        long cpu = Cpu.micros(pid);
        long postgresCpu = lab.postgresMicros();
        Wrk.Result result = lab.wrk().run(workload, started.port(workload), seconds);
        double units = (double) result.requests() * unitsPerRequest;
        Sample sample = new Sample(
                units,
                units / result.micros() * 1e6,
                result.p50() / 1e3,
                result.p99() / 1e3,
                (Cpu.micros(pid) - cpu) / units,
                (lab.postgresMicros() - postgresCpu) / units,
                Cpu.residentMegabytes(pid));
        verify(contender, workload, result);
        return sample;
    }

    private static void verify(Contender contender, Workload workload, Wrk.Result result) {
        long expected = workload.status() >= 400 ? result.requests() : 0;
        if (result.requests() == 0 || result.refused() != expected || result.broken() != 0 || result.timeouts() != 0) {
            throw new BenchException(
                    "%s did not do what %s asks for: of %,d answers %,d instead of %,d had a status of 400"
                                    .formatted(
                                            contender.name(),
                                            workload.name(),
                                            result.requests(),
                                            result.refused(),
                                            expected)
                            + " or above, %,d connections broke, and %,d requests were not answered in time."
                                    .formatted(result.broken(), result.timeouts()));
        }
    }

    private static RawAnswer answer(Contender contender, Running started, Workload workload) {
        String request = workload.requests().get(0).replace(Workload.UNIQUE, "0".repeat(Workload.UNIQUE.length()));
        RawAnswer answer = send(contender, started, workload, request);
        for (int i = 1; i < TRIES && answer.status() != workload.status(); i++) {
            answer = send(contender, started, workload, request);
        }
        if (answer.status() == workload.status()) {
            return answer;
        }
        throw new BenchException(contender.name() + " answers " + workload.name() + " with " + answer.status()
                + " instead of " + workload.status() + ": " + answer.body());
    }

    private static RawAnswer send(Contender contender, Running started, Workload workload, String request) {
        try {
            return RawAnswer.to(request, started.port(workload));
        } catch (IOException e) {
            throw new BenchException(
                    contender.name() + " does not answer " + workload.name() + ": " + e.getMessage() + ".", e);
        }
    }

    private static Set<String> members(RawAnswer answer) {
        Set<String> names = new TreeSet<>();
        try {
            JSON.readTree(answer.body()).fieldNames().forEachRemaining(names::add);
        } catch (JsonProcessingException e) {
            names.add("not JSON");
        }
        return names;
    }
}
