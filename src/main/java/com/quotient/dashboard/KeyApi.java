package com.quotient.dashboard;

import com.quotient.business.TeamAdmin;
import com.quotient.config.DashboardConfig;
import com.quotient.dashboard.KeyView.AuditView;
import com.quotient.dashboard.KeyView.ConfirmationView;
import com.quotient.dashboard.SessionApi.Done;
import com.quotient.http.Answer;
import com.quotient.http.Members;
import com.quotient.http.Query;
import com.quotient.keyfile.KeyMembers;
import com.quotient.keys.AuditEntry;
import com.quotient.keys.ExpiryNotAllowed;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyAdmin.Overlap;
import com.quotient.keys.KeyAudit;
import com.quotient.keys.KeyConflict;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyListStore;
import com.quotient.keys.KeyListStore.Filter;
import com.quotient.keys.KeyListStore.Line;
import com.quotient.keys.KeyOutdated;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.time.Times;
import com.quotient.usage.UsageHistoryStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keys as people manage them: {@code /keys}. Thread-safe. */
final class KeyApi {
    private static final int USUAL_LIMIT = 50;
    private static final int MAX_LIMIT = 100;
    private static final int MAX_SEARCH = 300;

    /** The maximum time that a change waits for every server to apply it. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Set<String> STATUSES =
            Set.of("active", "expiring", "expired", "disabled", "revoked", "refusing", "limited", "unused");

    private final KeyAdmin keys;
    private final KeyListStore lines;
    private final KeyAudit audit;
    private final UsageHistoryStore usage;
    private final KeyActivity activity;
    private final TeamAdmin team;
    private final DashboardConfig config;

    KeyApi(
            KeyAdmin keys,
            KeyListStore lines,
            KeyAudit audit,
            UsageHistoryStore usage,
            KeyActivity activity,
            TeamAdmin team,
            DashboardConfig config) {
        this.keys = keys;
        this.lines = lines;
        this.audit = audit;
        this.usage = usage;
        this.activity = activity;
        this.team = team;
        this.config = config;
    }

    private record KeysView(List<KeyView> keys, @Nullable String next, List<String> hours) {}

    private record IssuedView(KeyView key, String secret) {
        /** Never shows the key. */
        @Override
        public String toString() {
            return "IssuedView[" + key.id() + "]";
        }
    }

    private record ChangedView(KeyView key, ConfirmationView confirmation) {}

    private record AuditPage(
            List<AuditView> entries, @Nullable String next) {}

    Future<Answer> list(Visit visit) {
        Query query = visit.request().query();
        int limit = query.count("limit", USUAL_LIMIT, MAX_LIMIT);
        Filter filter = filter(query);
        Instant now = visit.now();
        return lines.page(visit.businessId(), filter, query.text("after", MAX_SEARCH), limit + 1, now)
                .compose(found -> {
                    List<Line> shown = found.size() > limit ? found.subList(0, limit) : found;
                    String next =
                            found.size() > limit ? shown.get(limit - 1).key().id() : null;
                    return views(shown, now)
                            .map(views -> Answer.json(new KeysView(
                                    views,
                                    next,
                                    KeyView.hours(now, KeyView.HOURS).stream()
                                            .map(Times::format)
                                            .toList())));
                });
    }

    Future<Answer> create(Visit visit) {
        Members members = visit.request().members();
        KeyTier tier = tier(members.text("tier", MAX_SEARCH));
        if (tier == null) {
            members.fault("tier", "must be public or private.");
        }
        String name = members.requiredText("name", KeyMembers.MAX_TEXT);
        members.check();
        KeySpec named = KeyMembers.applied(
                members, "name", KeySpec.of(Objects.requireNonNull(tier), "-"), spec -> spec.withName(name));
        KeySpec spec = KeyMembers.of(members).apply(named);
        members.check();
        refusePrivate(spec, "create");
        return keys.create(visit.businessId(), spec, visit.actor())
                .recover(failure -> Future.failedFuture(explained(failure)))
                .compose(issued -> issued(visit, issued));
    }

    private void refusePrivate(KeySpec spec, String verb) {
        if (spec.tier() == KeyTier.SECRET && !config.privateKeys()) {
            throw Problem.of(
                            ProblemType.PRIVATE_KEYS_NOT_ALLOWED,
                            "This dashboard cannot " + verb + " private keys; run 'quotient key " + verb
                                    + "', or have the operator set dashboard.privateKeys to true.")
                    .exception();
        }
    }

    Future<Answer> get(Visit visit) {
        return line(visit).compose(line -> view(line, visit.now())).map(view -> Answer.json("key", view));
    }

    Future<Answer> update(Visit visit) {
        Members members = visit.request().members();
        members.require("version");
        Long version = members.integer("version", 0, Long.MAX_VALUE);
        Function<KeySpec, KeySpec> change = KeyMembers.of(members);
        members.check();
        JsonObject given = new JsonObject(Buffer.buffer(visit.request().body()));
        return line(visit)
                .compose(line -> keys.update(
                        visit.businessId(),
                        line.key().id(),
                        Objects.requireNonNull(version),
                        spec -> {
                            KeySpec changed = change.apply(spec);
                            members.check();
                            return changed;
                        },
                        visit.actor()))
                .recover(failure -> refused(visit, failure, given))
                .compose(key -> changed(visit, key, "Changed"));
    }

    Future<Answer> rotate(Visit visit) {
        Members members = visit.request().members();
        members.require("overlapSeconds");
        Long overlap = members.integer("overlapSeconds", 0, Overlap.MAX.toSeconds());
        boolean untilUsed = Boolean.TRUE.equals(members.flag("endsOnSuccessorUse"));
        members.check();
        Overlap lives = new Overlap(Duration.ofSeconds(Objects.requireNonNull(overlap)), untilUsed);
        return line(visit)
                .compose(line -> {
                    refusePrivate(line.key().spec(), "rotate");
                    return keys.rotate(visit.businessId(), line.key().id(), lives, visit.actor());
                })
                .recover(failure -> Future.failedFuture(explained(failure)))
                .compose(issued -> issued(visit, issued));
    }

    Future<Answer> revoke(Visit visit) {
        return change(visit, id -> keys.revoke(visit.businessId(), id, visit.actor()), "Refused");
    }

    Future<Answer> disable(Visit visit) {
        return change(visit, id -> keys.disable(visit.businessId(), id, visit.actor()), "Refused");
    }

    Future<Answer> enable(Visit visit) {
        return change(visit, id -> keys.enable(visit.businessId(), id, visit.actor()), "Enabled");
    }

    Future<Answer> audit(Visit visit) {
        Query query = visit.request().query();
        int limit = query.count("limit", USUAL_LIMIT, MAX_LIMIT);
        Long before = before(query.text("after", MAX_SEARCH));
        return line(visit)
                .compose(line -> audit.entries(
                        new KeyAudit.Filter(visit.businessId(), line.key().id(), null, null, before), limit + 1))
                .compose(found -> {
                    List<AuditEntry> shown = found.size() > limit ? found.subList(0, limit) : found;
                    String next = found.size() > limit
                            ? Long.toString(shown.get(limit - 1).id())
                            : null;
                    return team.emails(shown.stream().map(AuditEntry::actor).collect(Collectors.toSet()))
                            .map(emails -> Answer.json(new AuditPage(
                                    shown.stream()
                                            .map(entry -> AuditView.of(entry, emails))
                                            .toList(),
                                    next)));
                });
    }

    Future<Answer> watch(Visit visit) {
        return line(visit).compose(line -> activity.watch(visit, line));
    }

    Future<Answer> change(Visit visit, Function<String, Future<KeyDetails>> change, String verb) {
        return line(visit)
                .compose(line -> change.apply(line.key().id()))
                .recover(failure -> Future.failedFuture(explained(failure)))
                .compose(key -> changed(visit, key, verb));
    }

    Future<Answer> changed(Visit visit, KeyDetails key, String verb) {
        return keys.confirm(key.version(), PATIENCE).compose(confirmation -> view(visit, key)
                .map(view -> Answer.json(new ChangedView(view, ConfirmationView.of(confirmation, verb)))));
    }

    private Future<Answer> issued(Visit visit, Issued issued) {
        return view(visit, issued.details()).map(view -> Answer.json(new IssuedView(view, issued.key())));
    }

    /** A change that was refused; if it is outdated, with the key as it is now. */
    Future<KeyDetails> refused(Visit visit, Throwable failure, JsonObject given) {
        return failure instanceof KeyOutdated outdated
                ? outdated(visit, outdated, given)
                : Future.failedFuture(explained(failure));
    }

    private Future<KeyDetails> outdated(Visit visit, KeyOutdated outdated, JsonObject given) {
        return view(visit, outdated.current())
                .compose(view ->
                        Future.failedFuture(Problem.of(ProblemType.CONFLICT, String.valueOf(outdated.getMessage()))
                                .with("current", view)
                                .with("given", given.getMap())
                                .exception()));
    }

    private static Throwable explained(Throwable failure) {
        if (failure instanceof ExpiryNotAllowed refused) {
            return Problem.invalid("expiresAt", String.valueOf(refused.getMessage()))
                    .exception();
        }
        return failure instanceof KeyConflict conflict ? Done.conflict(conflict) : failure;
    }

    /** The key in the path, which must belong to this business. */
    Future<Line> line(Visit visit) {
        return line(visit, visit.request().pathParameter(0));
    }

    private Future<Line> line(Visit visit, String keyId) {
        return lines.find(visit.businessId(), keyId, visit.now()).map(found -> {
            if (found == null) {
                throw notFound();
            }
            return found;
        });
    }

    private static ProblemException notFound() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such key in this business.")
                .exception();
    }

    private Future<KeyView> view(Visit visit, KeyDetails key) {
        return line(visit, key.id()).compose(line -> view(line, visit.now()));
    }

    private Future<KeyView> view(Line line, Instant now) {
        return views(List.of(line), now).map(views -> views.get(0));
    }

    private Future<List<KeyView>> views(List<Line> shown, Instant now) {
        List<String> ids = shown.stream().map(line -> line.key().id()).toList();
        Collection<String> makers = shown.stream()
                .flatMap(line -> Stream.ofNullable(line.key().createdBy()))
                .collect(Collectors.toSet());
        Instant from = KeyView.hours(now, KeyView.HOURS).get(0);
        return usage.requests(ids, from).compose(requests -> team.emails(makers).map(emails -> shown.stream()
                .map(line -> KeyView.of(
                        line, emails, requests.getOrDefault(line.key().id(), Map.of()), now))
                .toList()));
    }

    private static @Nullable Long before(@Nullable String cursor) {
        try {
            return cursor == null ? null : Long.valueOf(cursor);
        } catch (NumberFormatException e) {
            throw Problem.invalid("after", "must be the next of another answer.")
                    .exception();
        }
    }

    private static Filter filter(Query query) {
        String tier = query.text("tier");
        KeyTier known = tier(tier);
        if (tier != null && known == null) {
            throw Problem.invalid("tier", "must be public or private.").exception();
        }
        String status = query.text("status");
        if (status != null && !STATUSES.contains(status)) {
            throw Problem.invalid(
                            "status",
                            "must be one of "
                                    + String.join(
                                            ", ", STATUSES.stream().sorted().toList()) + ".")
                    .exception();
        }
        String scope = query.text("scope");
        Scope needed = null;
        for (Scope each : Scope.values()) {
            needed = each.name().equals(scope) ? each : needed;
        }
        if (scope != null && needed == null) {
            throw Problem.invalid("scope", "must be the name of a scope, such as ANALYTICS_WRITE.")
                    .exception();
        }
        return new Filter(
                query.text("search", MAX_SEARCH),
                known,
                status,
                needed,
                query.text("origin", MAX_SEARCH),
                query.flag("exceedsPolicy"));
    }

    private static @Nullable KeyTier tier(@Nullable String name) {
        return KeyTier.PUBLIC.wireName().equals(name)
                ? KeyTier.PUBLIC
                : KeyTier.SECRET.wireName().equals(name) ? KeyTier.SECRET : null;
    }
}
