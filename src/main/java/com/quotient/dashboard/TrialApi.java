package com.quotient.dashboard;

import com.quotient.address.IpRules;
import com.quotient.dashboard.KeyView.RefusalView;
import com.quotient.dashboard.KeyView.TrialView;
import com.quotient.http.Answer;
import com.quotient.http.Members;
import com.quotient.keyfile.KeyMembers;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTrial;
import com.quotient.keys.Scope;
import com.quotient.origin.Origin;
import com.quotient.origin.OriginRules;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.usage.UsageHistoryStore;
import com.quotient.usage.UsageHistoryStore.Refusal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Restrictions that are tried before they are enforced: {@code /keys/{keyId}/trial}. Thread-safe. */
final class TrialApi {
    /** The maximum number of kinds that are counted; a trial that refuses more kinds refuses too much anyway. */
    private static final int MAX_KINDS = 1000;

    private static final int MAX_SHOWN = 100;

    private final KeyApi keys;
    private final KeyAdmin admin;
    private final UsageHistoryStore usage;

    TrialApi(KeyApi keys, KeyAdmin admin, UsageHistoryStore usage) {
        this.keys = keys;
        this.admin = admin;
        this.usage = usage;
    }

    private record Counts(TrialView trial, long count, Map<String, Long> byReason, List<RefusalView> refusals) {}

    Future<Answer> get(Visit visit) {
        return keys.line(visit).compose(line -> {
            KeyTrial trial = line.key().trial();
            if (trial == null) {
                throw Problem.of(ProblemType.NOT_FOUND, "This key has no restrictions on trial.")
                        .exception();
            }
            KeySpec proposed = trial.applyTo(line.key().spec());
            return usage.tried(line.key().id(), trial.since(), MAX_KINDS)
                    .map(found -> Answer.json(counts(trial, proposed, found)));
        });
    }

    Future<Answer> start(Visit visit) {
        Members members = visit.request().members();
        long version = version(members);
        Function<KeySpec, KeySpec> change = KeyMembers.restrictions(members);
        members.check();
        return keys.line(visit)
                .compose(line -> admin.startTrial(
                        visit.businessId(),
                        line.key().id(),
                        version,
                        spec -> {
                            KeySpec changed = change.apply(spec);
                            members.check();
                            return changed;
                        },
                        visit.actor()))
                .recover(failure -> keys.refused(visit, failure, given(visit)))
                .compose(key -> keys.changed(visit, key, "Tried"));
    }

    Future<Answer> enforce(Visit visit) {
        Members members = visit.request().members();
        long version = version(members);
        members.check();
        return keys.line(visit)
                .compose(line ->
                        admin.enforceTrial(visit.businessId(), line.key().id(), version, visit.actor()))
                .recover(failure -> keys.refused(visit, failure, given(visit)))
                .compose(key -> keys.changed(visit, key, "Enforced"));
    }

    Future<Answer> discard(Visit visit) {
        return keys.change(visit, id -> admin.discardTrial(visit.businessId(), id, visit.actor()), "Discarded");
    }

    private static long version(Members members) {
        members.require("version");
        return Objects.requireNonNullElse(members.integer("version", 0, Long.MAX_VALUE), 0L);
    }

    private static JsonObject given(Visit visit) {
        return new JsonObject(Buffer.buffer(visit.request().body()));
    }

    /** Leaves out what the trial would serve by now: it may have been loosened since that was counted. */
    private static Counts counts(KeyTrial trial, KeySpec proposed, List<Refusal> found) {
        Rules rules = Rules.of(proposed);
        List<Refusal> refused = found.stream().filter(rules::refuse).toList();
        return new Counts(
                TrialView.of(trial),
                refused.stream().mapToLong(Refusal::count).sum(),
                refused.stream()
                        .collect(Collectors.groupingBy(
                                Refusal::reason, TreeMap::new, Collectors.summingLong(Refusal::count))),
                refused.stream()
                        .limit(MAX_SHOWN)
                        .map(refusal -> RefusalView.of(refusal, proposed))
                        .toList());
    }

    /** Restrictions, ready to judge what was counted. */
    private record Rules(KeySpec spec, OriginRules origins, IpRules ips, List<String> scopes) {
        static Rules of(KeySpec spec) {
            return new Rules(
                    spec,
                    OriginRules.of(spec.allowedOrigins()),
                    IpRules.of(spec.allowedIps()),
                    Scope.names(Scope.effective(spec.tier(), spec.scopes())));
        }

        boolean refuse(Refusal refusal) {
            String subject = refusal.subject();
            boolean anyOrigin = origins.isUnrestricted() || origins.allowsAny();
            return switch (refusal.reason()) {
                case "origin" -> !anyOrigin && !allow(subject);
                case "origin_missing" -> !anyOrigin && !spec.allowMissingOrigin();
                case "address" -> subject.isEmpty() || !ips.allows(subject);
                case "scope" -> !scopes.contains(subject);
                default -> true;
            };
        }

        private boolean allow(String header) {
            Origin origin = Origin.parse(header);
            return origin != null && origins.match(origin) != null;
        }
    }
}
