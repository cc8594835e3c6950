package com.quotient.dashboard;

import com.quotient.business.Role;
import com.quotient.business.TeamAdmin.Account;
import com.quotient.business.TeamAdmin.Membership;
import com.quotient.config.DashboardConfig;
import com.quotient.http.ApiRequest;
import com.quotient.id.Ids;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards every endpoint that needs a signed-in user: checks the cookie, its session, that the request comes from the
 * dashboard itself, and the role. Thread-safe.
 */
final class Sessions {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    /** The header that a page of another origin cannot send. */
    static final String CSRF_HEADER = "X-CSRF-Token";

    /** The precision of the time of last use. */
    private static final Duration SEEN_INTERVAL = Duration.ofMinutes(1);

    private final SessionStore store;
    private final DashboardConfig config;
    private final Place place;
    private final String cookie;

    Sessions(SessionStore store, DashboardConfig config, Place place) {
        this.store = store;
        this.config = config;
        this.place = place;
        // With this prefix a browser accepts the cookie only over https and only from this host (RFC 6265bis section
        // 4.1.3).
        this.cookie = place.isHttps() ? "__Host-quotient" : "quotient";
    }

    SessionStore store() {
        return store;
    }

    /** Admits a signed-in user whose role includes the required one; fails with 401 or 403 otherwise. */
    Future<Visit> require(ApiRequest request, Role role, boolean write) {
        String token = token(request);
        if (token == null) {
            return Future.failedFuture(signInRequired());
        }
        if (write) {
            requireDashboard(request);
            String csrf = request.header(CSRF_HEADER);
            if (csrf == null || !Token.same(csrf, Token.csrf(token))) {
                return Future.failedFuture(Problem.of(
                                ProblemType.NOT_FROM_DASHBOARD,
                                "The header " + CSRF_HEADER
                                        + " is missing or belongs to another session; reload the page.")
                        .exception());
            }
        }
        return find(request, token).map(session -> {
            if (session == null) {
                throw signInRequired();
            }
            if (!session.role().includes(role)) {
                throw Problem.of(
                                ProblemType.ROLE_NOT_ALLOWED,
                                "Your role in this business is "
                                        + session.role().wireName() + ", and this needs " + role.wireName() + ".")
                        .exception();
            }
            return new Visit(request, session, token);
        });
    }

    /** The session of the request, or null. */
    Future<@Nullable Visit> current(ApiRequest request) {
        String token = token(request);
        return token == null
                ? Future.succeededFuture()
                : find(request, token).map(session -> session == null ? null : new Visit(request, session, token));
    }

    /**
     * Fails with 403 unless a page of this origin sends the request. The browser sets {@code Origin}, and no page can
     * forge it.
     */
    void requireDashboard(ApiRequest request) {
        if (request.hasSeveralOrigins() || !place.isOwnOrigin(request)) {
            throw Problem.of(
                            ProblemType.NOT_FROM_DASHBOARD,
                            "The Origin header does not name this server; reload the page. Behind a proxy, set"
                                    + " dashboard.publicUrl to the address that browsers show.")
                    .exception();
        }
    }

    /** Begins a session, whose secret is new, for a user whose password was checked, and sets its cookie. */
    Future<Visit> begin(ApiRequest request, Account checked, Membership membership) {
        Visit next = next(request, checked.id(), checked.email(), membership);
        return store.create(next, checked.passwordHash())
                .map(created -> begun(next, created, Sessions::changedMeanwhile));
    }

    /** Continues a session in another business, with a new secret. */
    Future<Visit> move(Visit visit, Membership membership) {
        Session session = visit.session();
        Visit next = next(visit.request(), session.userId(), session.email(), membership);
        return store.replace(session.id(), next).map(replaced -> begun(next, replaced, Sessions::signInRequired));
    }

    /** The answer to a password that was right when it was checked. */
    static ProblemException changedMeanwhile() {
        return Problem.of(
                        ProblemType.SIGN_IN_FAILED,
                        "Your password or your role has been changed in this moment; sign in again.")
                .exception();
    }

    private Visit next(ApiRequest request, String userId, String email, Membership membership) {
        Instant now = Instant.ofEpochMilli(request.receivedMillis());
        Session session = new Session(
                Ids.next("ses_", now.toEpochMilli()),
                userId,
                email,
                membership.businessId(),
                membership.businessName(),
                membership.role(),
                now,
                now,
                now.plus(config.sessionMaxAge()));
        return new Visit(request, session, Token.next());
    }

    private Visit begun(Visit visit, boolean stored, Supplier<ProblemException> otherwise) {
        if (!stored) {
            throw otherwise.get();
        }
        setCookie(visit.request(), visit.token(), config.sessionMaxAge().toSeconds());
        return visit;
    }

    /** Ends a session and deletes its cookie. */
    Future<Void> end(Visit visit) {
        setCookie(visit.request(), "", 0);
        return store.end(visit.session().userId(), visit.session().id()).mapEmpty();
    }

    Instant idleSince(Instant now) {
        return now.minus(config.sessionIdle());
    }

    private Future<@Nullable Session> find(ApiRequest request, String token) {
        Instant now = Instant.ofEpochMilli(request.receivedMillis());
        return store.find(Token.hash(token), now, idleSince(now)).onSuccess(session -> {
            if (session != null && session.lastSeenAt().plus(SEEN_INTERVAL).isBefore(now)) {
                store.seen(session.id(), now, request.clientAddress())
                        .onFailure(failure -> log.debug("The use of a session was not recorded", failure));
            }
        });
    }

    private static ProblemException signInRequired() {
        return Problem.of(
                        ProblemType.SIGN_IN_REQUIRED,
                        "You are not signed in, or your session has ended; sign in again.")
                .exception();
    }

    private @Nullable String token(ApiRequest request) {
        String header = request.header("Cookie");
        if (header == null) {
            return null;
        }
        for (String pair : header.split(";")) {
            String text = pair.strip();
            if (text.startsWith(cookie + "=") && Token.isWellFormed(text.substring(cookie.length() + 1))) {
                return text.substring(cookie.length() + 1);
            }
        }
        return null;
    }

    private void setCookie(ApiRequest request, String value, long seconds) {
        request.answerHeader(
                "Set-Cookie",
                cookie + "=" + value + "; Path=" + (place.isHttps() ? "/" : config.publicPath()) + "; Max-Age="
                        + seconds + "; HttpOnly; SameSite=Strict" + (place.isHttps() ? "; Secure" : ""));
    }
}
