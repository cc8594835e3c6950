package com.quotient.flow;

import com.quotient.db.PgErrors;
import com.quotient.flow.FlowStore.Enrolment;
import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes flows and looks after them. A flow of another business is as good as absent. Thread-safe. */
public final class FlowAdmin {
    private static final Duration MAX_OVERLAP = Duration.ofDays(90);

    private static final String SELECT = """
            SELECT flow.id, flow.business_id, flow.name, flow.trigger_type, flow.active, list.slug AS segment,
                flow.segment_list_id IS NOT NULL AND list.id IS NULL AS segment_gone,
                ARRAY(SELECT coalesce(webhook_url, wait_millis::text) FROM flow_step
                      WHERE business_id = flow.business_id AND flow_id = flow.id ORDER BY position) AS steps,
                CASE WHEN previous_secret_until > now() THEN previous_secret_until END AS previous_secret_until,
                flow.created_at
            FROM flow
            LEFT JOIN audience_list list ON list.business_id = flow.business_id AND list.id = flow.segment_list_id
            """;
    private static final String LIST =
            SELECT + " WHERE $1::text IS NULL OR flow.business_id = $1 ORDER BY flow.created_at, flow.id";
    private static final String FIND = SELECT + " WHERE flow.id = $1";
    private static final String FIND_LIST = "SELECT id FROM audience_list WHERE business_id = $1 AND slug = $2";
    private static final String CREATE = """
            INSERT INTO flow (id, business_id, name, trigger_type, segment_list_id, secret)
            VALUES ($1, $2, $3, $4, $5, $6)
            """;
    private static final String CREATE_STEPS = """
            INSERT INTO flow_step (business_id, flow_id, position, wait_millis, webhook_url)
            SELECT $1, $2, position, wait_millis, webhook_url
            FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS step (wait_millis, webhook_url, position)
            """;
    private static final String SET_ACTIVE = "UPDATE flow SET active = $3 WHERE business_id = $1 AND id = $2";
    private static final String ROTATE = """
            UPDATE flow
            SET previous_secret = CASE WHEN $4::bigint > 0 THEN secret END,
                previous_secret_until = CASE WHEN $4 > 0 THEN now() + $4 * interval '1 millisecond' END,
                secret = $3
            WHERE business_id = $1 AND id = $2
            """;
    private static final String PROGRESS = """
            SELECT count(*) AS enrolled, count(finished_at) AS finished,
                (SELECT count(*) FROM flow_delivery
                 WHERE business_id = $1 AND flow_id = $2 AND dead_at IS NOT NULL) AS dead
            FROM flow_enrolment WHERE business_id = $1 AND flow_id = $2
            """;
    private static final String DEAD = """
            SELECT id, flow_id, person_id, step, attempts, fault, tried_since, dead_at
            FROM flow_delivery WHERE business_id = $1 AND flow_id = $2 AND dead_at IS NOT NULL
            ORDER BY dead_at DESC, id DESC LIMIT $3
            """;
    private static final String RESEND = """
            UPDATE flow_delivery SET dead_at = NULL, tried_since = NULL, attempts = 0, due_at = now()
            WHERE business_id = $1 AND flow_id = $2 AND dead_at IS NOT NULL AND ($3::text IS NULL OR id = $3)
            """;

    private final Pool pool;
    private final InstantSource clock;
    private final FlowStore store;
    private final SecureRandom random = new SecureRandom();

    public FlowAdmin(Pool pool, InstantSource clock) {
        this.pool = pool;
        this.clock = clock;
        this.store = new FlowStore(pool);
    }

    /** A flow whose webhook secret is new: the only moment at which it can be read. */
    public record Issued(FlowDetails details, String secret) {
        /** Never shows the secret. */
        @Override
        public String toString() {
            return "Issued[" + details.id() + "]";
        }
    }

    /**
     * How far people have come in a flow.
     *
     * @param enrolled who have ever entered
     * @param finished those for whom every step is done
     * @param dead those whose webhook was given up
     */
    public record Progress(long enrolled, long finished, long dead) {}

    /** Makes a flow, active at once. Fails with {@link FlowConflict} when there is no such business or list. */
    public Future<Issued> create(String businessId, FlowSpec spec) {
        String id = Ids.next("flw_", clock.millis());
        WebhookSecret secret = WebhookSecret.issue(random);
        return pool.withTransaction(connection -> listId(connection, businessId, spec.segment())
                        .compose(list -> connection
                                .preparedQuery(CREATE)
                                .execute(Tuple.of(
                                        id,
                                        businessId,
                                        spec.name(),
                                        spec.trigger().name(),
                                        list,
                                        secret.text())))
                        .compose(done -> connection
                                .preparedQuery(CREATE_STEPS)
                                .execute(Tuple.of(
                                        businessId,
                                        id,
                                        spec.steps().stream()
                                                .map(FlowAdmin::waitMillis)
                                                .toArray(Long[]::new),
                                        spec.steps().stream()
                                                .map(FlowAdmin::url)
                                                .toArray(String[]::new)))))
                .recover(failure -> Future.failedFuture(
                        PgErrors.isMissingReference(failure)
                                ? new FlowConflict("There is no business " + businessId + ".")
                                : failure))
                .compose(done -> required(id))
                .map(details -> new Issued(details, secret.text()));
    }

    /** The flows of a business, or all of them, oldest first. */
    public Future<List<FlowDetails>> list(@Nullable String businessId) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(businessId))
                .map(rows -> rows.stream().map(FlowAdmin::details).toList());
    }

    /** The flow with this id, of whatever business; null when there is none. For operators only. */
    public Future<@Nullable FlowDetails> find(String id) {
        return pool.preparedQuery(FIND).execute(Tuple.of(id)).map(FlowAdmin::first);
    }

    public Future<Progress> progress(FlowDetails flow) {
        return pool.preparedQuery(PROGRESS)
                .execute(Tuple.of(flow.businessId(), flow.id()))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Progress(row.getLong("enrolled"), row.getLong("finished"), row.getLong("dead"));
                });
    }

    /** Lets people in again, and lets go on what was held. */
    public Future<Void> enable(FlowDetails flow) {
        return setActive(flow, true);
    }

    /** Lets nobody in, and holds the webhooks of those who are. */
    public Future<Void> disable(FlowDetails flow) {
        return setActive(flow, false);
    }

    /**
     * Makes a new webhook secret. For the time of the overlap, at most 90 days, messages carry the signatures of both.
     *
     * @throws IllegalArgumentException with a sentence, for a longer overlap
     */
    public Future<Issued> rotateSecret(FlowDetails flow, Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
            throw new IllegalArgumentException("The old secret can live on for at most " + MAX_OVERLAP.toDays() + "d.");
        }
        WebhookSecret secret = WebhookSecret.issue(random);
        return pool.preparedQuery(ROTATE)
                .execute(Tuple.of(flow.businessId(), flow.id(), secret.text(), overlap.toMillis()))
                .compose(done -> required(flow.id()))
                .map(details -> new Issued(details, secret.text()));
    }

    /**
     * Enrols a person in a flow with a manual trigger. Fails with {@link FlowConflict} when that is not possible; a second
     * time changes nothing.
     */
    public Future<Void> enrol(FlowDetails flow, String personId) {
        return store.enrol(
                        flow.businessId(),
                        flow.id(),
                        personId,
                        Trigger.MANUAL,
                        Ids.next("enr_", clock.millis()),
                        Ids.next("msg_", clock.millis()))
                .map(enrolment -> {
                    if (enrolment != Enrolment.ENROLLED) {
                        throw new FlowConflict(
                                switch (enrolment) {
                                    case UNKNOWN_PERSON -> "The flow's business has no person " + personId + ".";
                                    case OUTSIDE_SEGMENT ->
                                        "Person " + personId + " is not in the flow's segment; add them to the list.";
                                    default ->
                                        "Flow " + flow.id() + " is not active or has no manual trigger; only active"
                                                + " ones that have can be entered so.";
                                });
                    }
                    return null;
                });
    }

    /** The webhooks that were given up, the latest first, at most so many. */
    public Future<List<DeadLetter>> deadLetters(FlowDetails flow, int most) {
        return pool.preparedQuery(DEAD)
                .execute(Tuple.of(flow.businessId(), flow.id(), most))
                .map(rows -> rows.stream().map(FlowAdmin::deadLetter).toList());
    }

    /**
     * Begins anew with webhooks that were given up.
     *
     * @param id that of one, or null for all
     * @return how many there were
     */
    public Future<Integer> resend(FlowDetails flow, @Nullable String id) {
        return pool.preparedQuery(RESEND)
                .execute(Tuple.of(flow.businessId(), flow.id(), id))
                .map(RowSet::rowCount);
    }

    private Future<Void> setActive(FlowDetails flow, boolean active) {
        return pool.preparedQuery(SET_ACTIVE)
                .execute(Tuple.of(flow.businessId(), flow.id(), active))
                .mapEmpty();
    }

    private Future<FlowDetails> required(String id) {
        return find(id).map(found -> {
            if (found == null) {
                throw new FlowConflict("Flow " + id + " was deleted.");
            }
            return found;
        });
    }

    private static Future<@Nullable String> listId(
            SqlConnection connection, String businessId, @Nullable String segment) {
        if (segment == null) {
            return Future.succeededFuture(null);
        }
        return connection
                .preparedQuery(FIND_LIST)
                .execute(Tuple.of(businessId, segment))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new FlowConflict(
                                "There is no list \"" + segment + "\"; make it first, or name one there is.");
                    }
                    return rows.iterator().next().getString("id");
                });
    }

    private static @Nullable Long waitMillis(Step step) {
        return step instanceof Step.Wait wait ? wait.duration().toMillis() : null;
    }

    private static @Nullable String url(Step step) {
        return step instanceof Step.Webhook webhook ? webhook.url() : null;
    }

    private static @Nullable FlowDetails first(RowSet<Row> rows) {
        return rows.size() == 0 ? null : details(rows.iterator().next());
    }

    private static FlowDetails details(Row row) {
        return new FlowDetails(
                row.getString("id"),
                row.getString("business_id"),
                row.getString("name"),
                Trigger.named(row.getString("trigger_type")),
                row.getBoolean("active"),
                row.getString("segment"),
                row.getBoolean("segment_gone"),
                Arrays.stream(row.getArrayOfStrings("steps"))
                        .map(FlowAdmin::step)
                        .toList(),
                time(row.getOffsetDateTime("previous_secret_until")),
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static Step step(String stored) {
        return Character.isDigit(stored.charAt(0))
                ? new Step.Wait(Duration.ofMillis(Long.parseLong(stored)))
                : new Step.Webhook(stored);
    }

    private static DeadLetter deadLetter(Row row) {
        return new DeadLetter(
                row.getString("id"),
                row.getString("flow_id"),
                row.getString("person_id"),
                row.getInteger("step"),
                row.getInteger("attempts"),
                row.getString("fault"),
                row.getOffsetDateTime("tried_since").toInstant(),
                row.getOffsetDateTime("dead_at").toInstant());
    }

    private static @Nullable Instant time(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
