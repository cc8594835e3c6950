package com.quotient.dashboard;

import static com.quotient.business.Role.MEMBER;
import static com.quotient.business.Role.OWNER;
import static com.quotient.business.Role.VIEWER;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import com.google.common.base.Ticker;
import com.quotient.analytics.EventAdmin;
import com.quotient.auth.Access;
import com.quotient.business.Role;
import com.quotient.business.TeamAdmin;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.AppFiles;
import com.quotient.http.Route;
import com.quotient.http.Route.BodyRule;
import com.quotient.http.Routes;
import com.quotient.http.WebApp;
import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyAudit;
import com.quotient.keys.KeyListStore;
import com.quotient.keys.KeyPolicyAdmin;
import com.quotient.usage.UsageHistoryStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Pool;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The dashboard: the list of endpoints that its pages call, and the files of the pages. */
public final class Dashboard {
    /** The path of the endpoints, relative to the base path. */
    private static final String API = "/api";

    private static final String FOLDER = "dashboard/";

    /** The base path that the pages are built with. */
    private static final String BUILT_PATH = "/dashboard";

    private final Sessions sessions;
    private final int maxBodyBytes;
    private final WebApp app;

    public Dashboard(Vertx vertx, Database database, Config config, InstantSource clock) {
        Pool pool = database.dashboard();
        Place place = new Place(config);
        this.maxBodyBytes = config.dashboard().maxBodyBytes();
        this.sessions = new Sessions(new SessionStore(pool), config.dashboard(), place);
        TeamAdmin team = new TeamAdmin(pool, clock);
        KeyListStore lines = new KeyListStore(pool);
        KeyAudit audit = new KeyAudit(pool);
        UsageHistoryStore usage = new UsageHistoryStore(pool);
        EventAdmin events = new EventAdmin(database, config.analytics());
        SessionApi session = new SessionApi(
                sessions,
                team,
                new PasswordChecks(vertx, config.dashboard()),
                new SignInLimits(config.dashboard(), Ticker.systemTicker()),
                place,
                config.dashboard());
        KeyAdmin admin = new KeyAdmin(vertx, pool, config.keyFeed(), clock);
        KeyApi keys = new KeyApi(
                admin,
                lines,
                audit,
                usage,
                new KeyActivity(vertx, usage, events, config.dashboard().maxWatchers()),
                team,
                config.dashboard());
        String base = config.dashboard().basePath();
        Routes routes = new Routes(
                base + API,
                routes(
                        session,
                        keys,
                        new KeyUseApi(keys, usage),
                        new TrialApi(keys, admin, usage),
                        new OriginApi(),
                        new EventApi(events),
                        new OverviewApi(lines, audit, usage, events, team),
                        new TeamApi(team, sessions, place, config.dashboard()),
                        new KeyPolicyApi(new KeyPolicyAdmin(pool), audit, team)));
        this.app = new WebApp(
                base,
                routes,
                new AppFiles(FOLDER, BUILT_PATH, base, config.dashboard().publicPath()));
    }

    /** The routes of the dashboard. */
    public WebApp app() {
        return app;
    }

    private List<Route> routes(
            SessionApi session,
            KeyApi keys,
            KeyUseApi uses,
            TrialApi trials,
            OriginApi origins,
            EventApi events,
            OverviewApi overview,
            TeamApi team,
            KeyPolicyApi policy) {
        return List.of(
                open(GET, "/session", session::get),
                open(POST, "/session", session::signIn),
                open(POST, "/invitations/look", session::lookAtInvitation),
                open(POST, "/invitations/accept", session::acceptInvitation),
                delete("/session", VIEWER, session::signOut),
                write(PUT, "/session/business", VIEWER, session::switchBusiness),
                write(PUT, "/password", VIEWER, session::changePassword),
                get("/sessions", session::list),
                delete("/sessions", VIEWER, session::endOthers),
                delete("/sessions/{sessionId}", VIEWER, session::end),
                get("/overview", overview::get),
                get("/keys", keys::list)
                        .withQuery("search", "tier", "status", "scope", "origin", "exceedsPolicy", "after", "limit"),
                write(POST, "/keys", MEMBER, keys::create),
                get("/keys/{keyId}", keys::get),
                write(PATCH, "/keys/{keyId}", MEMBER, keys::update),
                write(POST, "/keys/{keyId}/rotate", MEMBER, keys::rotate),
                bare(POST, "/keys/{keyId}/revoke", MEMBER, keys::revoke),
                bare(POST, "/keys/{keyId}/disable", MEMBER, keys::disable),
                bare(POST, "/keys/{keyId}/enable", MEMBER, keys::enable),
                get("/keys/{keyId}/trial", trials::get),
                write(PUT, "/keys/{keyId}/trial", MEMBER, trials::start),
                delete("/keys/{keyId}/trial", MEMBER, trials::discard),
                write(POST, "/keys/{keyId}/trial/enforce", MEMBER, trials::enforce),
                get("/keys/{keyId}/audit", keys::audit).withQuery("after", "limit"),
                get("/keys/{keyId}/usage", uses::usage),
                get("/keys/{keyId}/callers", uses::callers).withQuery("days", "since"),
                get("/keys/{keyId}/refusals", uses::refusals).withQuery("days"),
                get("/keys/{keyId}/activity", keys::watch).withQuery("after", "wait"),
                write(POST, "/origins/check", VIEWER, origins::check),
                get("/events", events::list)
                        .withQuery("eventType", "personId", "deviceId", "keyId", "from", "to", "after", "limit"),
                get("/events/live", events::live).withQuery("eventType", "personId", "deviceId", "keyId", "after"),
                get("/events/series", events::series).withQuery("eventType", "from", "to", "interval"),
                get("/events/{eventId}", events::get).withQuery("timestamp"),
                get("/key-policy", policy::get),
                write(PUT, "/key-policy", OWNER, policy::set),
                get("/team", team::get),
                write(PATCH, "/team/members/{userId}", OWNER, team::changeRole),
                delete("/team/members/{userId}", OWNER, team::remove),
                write(POST, "/team/invitations", OWNER, team::invite),
                delete("/team/invitations/{invitationId}", OWNER, team::withdraw));
    }

    /**
     * Needs no session. A request with a body must still come from the dashboard, or another site could sign a browser
     * in.
     */
    private Route open(HttpMethod method, String path, Function<ApiRequest, Future<Answer>> endpoint) {
        return method.equals(GET)
                ? route(method, path, endpoint)
                : route(method, path, request -> {
                    sessions.requireDashboard(request);
                    return request.receive(maxBodyBytes).compose(done -> endpoint.apply(request));
                });
    }

    private Route get(String path, Function<Visit, Future<Answer>> endpoint) {
        return route(
                GET, path, request -> sessions.require(request, VIEWER, false).compose(endpoint));
    }

    /** With a JSON body. */
    private Route write(HttpMethod method, String path, Role role, Function<Visit, Future<Answer>> endpoint) {
        return route(method, path, request -> sessions.require(request, role, true)
                .compose(visit -> request.receive(maxBodyBytes).compose(done -> endpoint.apply(visit))));
    }

    private Route delete(String path, Role role, Function<Visit, Future<Answer>> endpoint) {
        return bare(DELETE, path, role, endpoint);
    }

    /** Without a body. */
    private Route bare(HttpMethod method, String path, Role role, Function<Visit, Future<Answer>> endpoint) {
        return route(
                method, path, request -> sessions.require(request, role, true).compose(endpoint));
    }

    private static Route route(HttpMethod method, String path, Function<ApiRequest, Future<Answer>> endpoint) {
        return new Route(method, path, Access.otherwise(), BodyRule.NONE, Set.of(), false, false, endpoint);
    }
}
