package com.quotient.flow;

import com.quotient.config.WebhookConfig;
import com.quotient.db.Database;
import com.quotient.db.PgErrors;
import com.quotient.flow.FlowStore.Enrolment;
import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Creates and manages flows. A flow of another business counts as absent. Thread-safe. */
public final class FlowAdmin {
    private static final Duration MAX_OVERLAP = Duration.ofDays(90);
    /** Maximum secrets that sign; each adds a signature to every webhook. */
    private static final int MAX_OLD_SECRETS = 4;

    private static final String SELECT = """
            SELECT flow.id, flow.business_id, flow.name, flow.trigger_type, flow.active, list.slug AS segment,
                flow.segment_list_id IS NOT NULL AND list.id IS NULL AS segment_gone,
                ARRAY(SELECT coalesce(webhook_url, wait_millis::text) FROM flow_step
                      WHERE business_id = flow.business_id AND flow_id = flow.id ORDER BY position) AS steps,
                ARRAY(SELECT position FROM flow_step
                      WHERE business_id = flow.business_id AND flow_id = flow.id AND held_until > now()
                      ORDER BY position) AS held_steps,
                ARRAY(SELECT held_until FROM flow_step
                      WHERE business_id = flow.business_id AND flow_id = flow.id AND held_until > now()
                      ORDER BY position) AS held_until,
                ARRAY(SELECT held_fault FROM flow_step
                      WHERE business_id = flow.business_id AND flow_id = flow.id AND held_until > now()
                      ORDER BY position) AS held_faults,
                (SELECT max(expires_at) FROM flow_old_secret old
                 WHERE old.business_id = flow.business_id AND old.flow_id = flow.id AND expires_at > now())
                    AS previous_secret_until,
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
    /** An overlap of zero also ends the earlier secrets at once. */
    private static final String ROTATE = """
            WITH ending AS (
                DELETE FROM flow_old_secret
                WHERE business_id = $1 AND flow_id = $2 AND (expires_at <= now() OR $4::bigint = 0)
            ), living_on AS (
                INSERT INTO flow_old_secret (business_id, flow_id, secret, expires_at)
                SELECT business_id, id, secret, now() + $4 * interval '1 millisecond' FROM flow
                WHERE business_id = $1 AND id = $2 AND $4 > 0
            )
            UPDATE flow
            SET previous_secret = CASE WHEN $4 > 0 THEN secret END,
                previous_secret_until = CASE WHEN $4 > 0 THEN now() + $4 * interval '1 millisecond' END,
                secret = $3
            WHERE business_id = $1 AND id = $2
            """;

    private static final String COUNT_OLD_SECRETS = """
            SELECT count(old.id) FROM flow
            LEFT JOIN flow_old_secret old
                ON old.business_id = flow.business_id AND old.flow_id = flow.id AND old.expires_at > now()
            WHERE flow.business_id = $1 AND flow.id = $2
            """;
    private static final String LOCK = "SELECT FROM flow WHERE business_id = $1 AND id = $2 FOR UPDATE";
    private static final String PROGRESS = """
            SELECT count(*) AS enrolled, count(finished_at) AS finished,
                (SELECT count(*) FROM flow_delivery
                 WHERE business_id = $1 AND flow_id = $2 AND fault IS NOT NULL AND dead_at IS NULL) AS retrying,
                (SELECT count(*) FROM flow_delivery
                 WHERE business_id = $1 AND flow_id = $2 AND dead_at IS NOT NULL) AS dead
            FROM flow_enrolment WHERE business_id = $1 AND flow_id = $2
            """;
    private final Pool pool;
    private final ReceiverCheck check;
    private final InstantSource clock;
    private final FlowStore store;
    private final SecureRandom random = new SecureRandom();

    public FlowAdmin(Vertx vertx, Database database, WebhookConfig config, InstantSource clock) {
        this(database, new ReceiverCheck(config, HostLookups.system(vertx, config.lookupThreads())), clock);
    }

    FlowAdmin(Database database, ReceiverCheck check, InstantSource clock) {
        this.pool = database.maintenance();
        this.check = check;
        this.clock = clock;
        this.store = new FlowStore(database.features());
    }

    /**
     * A flow with its new webhook secret, which is shown only here.
     *
     * @param warnings sentences about what may keep its webhooks from arriving
     */
    public record Issued(FlowDetails details, String secret, List<String> warnings) {
        /** Never shows the secret. */
        @Override
        public String toString() {
            return "Issued[" + details.id() + "]";
        }
    }

    /**
     * The progress of people in a flow.
     *
     * @param enrolled people who ever entered
     * @param finished people who completed every step
     * @param retrying people whose webhook failed and will be retried
     * @param dead people whose webhook was given up
     */
    public record Progress(long enrolled, long finished, long retrying, long dead) {}

    /**
     * Creates an active flow. Fails with {@link FlowConflict} when the business or list does not exist, or when a
     * step's URL leads to an address that webhooks must not reach.
     */
    public Future<Issued> create(String businessId, FlowSpec spec) {
        return check.warnings(spec).compose(warnings -> create(businessId, spec, warnings));
    }

    private Future<Issued> create(String businessId, FlowSpec spec, List<String> warnings) {
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
                .map(details -> new Issued(details, secret.text(), warnings));
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
                    return new Progress(
                            row.getLong("enrolled"),
                            row.getLong("finished"),
                            row.getLong("retrying"),
                            row.getLong("dead"));
                });
    }

    /** Enables a flow: people can enter, and held webhooks continue. */
    public Future<Void> enable(FlowDetails flow) {
        return setActive(flow, true);
    }

    /** Disables a flow: nobody can enter, and pending webhooks are held. */
    public Future<Void> disable(FlowDetails flow) {
        return setActive(flow, false);
    }

    /**
     * Replaces the webhook secret. During the overlap, at most 90 days, messages carry the signatures of both secrets.
     * Several old secrets each sign until their own end; an overlap of zero ends all of them at once. Fails with
     * {@link FlowConflict} when too many secrets sign already.
     *
     * @throws IllegalArgumentException with a sentence, for a longer overlap
     */
    public Future<Issued> rotateSecret(FlowDetails flow, Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
            throw new IllegalArgumentException("The old secret can live on for at most " + MAX_OVERLAP.toDays() + "d.");
        }
        WebhookSecret secret = WebhookSecret.issue(random);
        Tuple key = Tuple.of(flow.businessId(), flow.id());
        return pool.withTransaction(connection -> connection
                        .preparedQuery(LOCK)
                        .execute(key)
                        .compose(locked ->
                                connection.preparedQuery(COUNT_OLD_SECRETS).execute(key))
                        .compose(counted -> {
                            if (!overlap.isZero() && counted.iterator().next().getLong(0) >= MAX_OLD_SECRETS) {
                                throw new FlowConflict("As many as " + MAX_OLD_SECRETS + " older secrets of flow "
                                        + flow.id() + " still sign; wait until one has ended, or end all of them now"
                                        + " with --overlap 0s.");
                            }
                            return connection
                                    .preparedQuery(ROTATE)
                                    .execute(Tuple.of(flow.businessId(), flow.id(), secret.text(), overlap.toMillis()));
                        }))
                .compose(done -> required(flow.id()))
                .map(details -> new Issued(details, secret.text(), List.of()));
    }

    /**
     * Enrols a person in a flow with a manual trigger; a repetition changes nothing. Fails with {@link FlowConflict}
     * when that is not possible.
     */
    public Future<Void> enrol(FlowDetails flow, String personId) {
        return store.enrol(
                        flow.businessId(),
                        flow.id(),
                        personId,
                        Trigger.MANUAL,
                        Ids.next("enr_", clock.millis()),
                        Ids.next("msg_", clock.millis()),
                        null)
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
                holds(row),
                time(row.getOffsetDateTime("previous_secret_until")),
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static List<Hold> holds(Row row) {
        Integer[] steps = row.getArrayOfIntegers("held_steps");
        OffsetDateTime[] ends = row.getArrayOfOffsetDateTimes("held_until");
        String[] faults = row.getArrayOfStrings("held_faults");
        return IntStream.range(0, steps.length)
                .mapToObj(i ->
                        new Hold(steps[i], ends[i].equals(OffsetDateTime.MAX) ? null : ends[i].toInstant(), faults[i]))
                .toList();
    }

    private static Step step(String stored) {
        return Character.isDigit(stored.charAt(0))
                ? new Step.Wait(Duration.ofMillis(Long.parseLong(stored)))
                : new Step.Webhook(stored);
    }

    private static @Nullable Instant time(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
