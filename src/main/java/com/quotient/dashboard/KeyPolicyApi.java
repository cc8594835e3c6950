package com.quotient.dashboard;

import com.quotient.business.TeamAdmin;
import com.quotient.dashboard.KeyView.AuditView;
import com.quotient.http.Answer;
import com.quotient.http.Members;
import com.quotient.keys.AuditEntry;
import com.quotient.keys.KeyAudit;
import com.quotient.keys.KeyPolicy;
import com.quotient.keys.KeyPolicyAdmin;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The policy of the business for its keys: {@code /key-policy}. Thread-safe. */
final class KeyPolicyApi {
    private static final int MAX_CHANGES = 10;

    private final KeyPolicyAdmin policies;
    private final KeyAudit audit;
    private final TeamAdmin team;

    KeyPolicyApi(KeyPolicyAdmin policies, KeyAudit audit, TeamAdmin team) {
        this.policies = policies;
        this.audit = audit;
        this.team = team;
    }

    private record PolicyView(
            @Nullable Integer maxLifetimeDays,
            @Nullable String latestExpiry,
            long exceeding,
            List<AuditView> changes) {}

    Future<Answer> get(Visit visit) {
        return policies.of(visit.businessId()).compose(policy -> answer(visit, policy));
    }

    Future<Answer> set(Visit visit) {
        Members members = visit.request().members();
        if (!members.has("maxLifetimeDays")) {
            members.fault("maxLifetimeDays", "is required; null is no limit.");
        }
        Long days = members.integer("maxLifetimeDays", 1, KeyPolicy.MAX_DAYS);
        members.check();
        return policies.set(visit.businessId(), new KeyPolicy(days == null ? null : days.intValue()), visit.actor())
                .compose(policy -> answer(visit, policy));
    }

    private Future<Answer> answer(Visit visit, KeyPolicy policy) {
        String business = visit.businessId();
        return policies.exceeding(business, visit.now()).compose(exceeding -> audit.entries(
                        new KeyAudit.Filter(business, business, KeyPolicyAdmin.ACTION, null, null), MAX_CHANGES)
                .compose(changes -> team.emails(
                                changes.stream().map(AuditEntry::actor).collect(Collectors.toSet()))
                        .map(emails -> Answer.json(new PolicyView(
                                policy.maxLifetimeDays(),
                                KeyView.time(policy.latestExpiry(visit.now())),
                                exceeding,
                                changes.stream()
                                        .map(entry -> AuditView.of(entry, emails))
                                        .toList())))));
    }
}
