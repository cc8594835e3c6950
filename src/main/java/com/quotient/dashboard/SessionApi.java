package com.quotient.dashboard;

import com.quotient.address.ClientAddress;
import com.quotient.business.BusinessAdmin;
import com.quotient.business.BusinessConflict;
import com.quotient.business.TeamAdmin;
import com.quotient.business.TeamAdmin.Account;
import com.quotient.business.TeamAdmin.Membership;
import com.quotient.config.DashboardConfig;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Members;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.time.Times;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sign-in, password, sessions and invitations: {@code /session} and related paths. Thread-safe. */
final class SessionApi {
    private static final int MAX_EMAIL = 254;
    private static final int MAX_ID = 100;

    private final Sessions sessions;
    private final TeamAdmin team;
    private final PasswordChecks passwords;
    private final SignInLimits limits;
    private final Place place;
    private final DashboardConfig config;
    private final String version;

    SessionApi(
            Sessions sessions,
            TeamAdmin team,
            PasswordChecks passwords,
            SignInLimits limits,
            Place place,
            DashboardConfig config) {
        this.sessions = sessions;
        this.team = team;
        this.passwords = passwords;
        this.limits = limits;
        this.place = place;
        this.config = config;
        String known = SessionApi.class.getPackage().getImplementationVersion();
        this.version = known == null ? "(development)" : known;
    }

    private record UserView(String id, String email) {}

    private record BusinessView(String id, String name) {}

    private record MembershipView(String id, String name, String role) {}

    private record ServerView(
            String version,
            String apiUrl,
            String basePath,
            boolean privateKeys,
            boolean insecure,
            String createKeyCommand) {}

    private record SessionView(
            @Nullable UserView user,
            @Nullable BusinessView business,
            @Nullable String role,
            List<MembershipView> businesses,
            @Nullable String csrfToken,
            @Nullable String expiresAt,
            ServerView server) {}

    private record SignedInView(
            String id,
            String createdAt,
            String lastSeenAt,
            String expiresAt,
            String address,
            String agent,
            boolean current) {}

    private record InvitationView(
            String businessName, String email, String role, String expiresAt, boolean hasAccount) {}

    Future<Answer> get(ApiRequest request) {
        return sessions.current(request)
                .compose(visit -> visit == null
                        ? Future.succeededFuture(
                                Answer.json(new SessionView(null, null, null, List.of(), null, null, server(request))))
                        : answer(visit));
    }

    Future<Answer> signIn(ApiRequest request) {
        Members members = request.members();
        String email = members.requiredText("email", MAX_EMAIL);
        String password = members.requiredText("password", BusinessAdmin.MAX_PASSWORD);
        members.check();
        SignInLimits.Attempt attempt = attempt(request, email);
        return team.account(email)
                .compose(account -> verified(account, password))
                .compose(account -> {
                    attempt.forgive();
                    return team.memberships(account.id()).compose(all -> {
                        if (all.isEmpty()) {
                            throw Problem.of(
                                            ProblemType.SIGN_IN_FAILED,
                                            "You no longer belong to a business; ask an owner to invite you.")
                                    .exception();
                        }
                        return sessions.begin(request, account, all.get(0));
                    });
                })
                .compose(this::answer);
    }

    Future<Answer> signOut(Visit visit) {
        return sessions.end(visit).map(Done.ANSWER);
    }

    Future<Answer> switchBusiness(Visit visit) {
        Members members = visit.request().members();
        String businessId = members.requiredText("businessId", MAX_ID);
        members.check();
        Session session = visit.session();
        return team.memberships(session.userId())
                .compose(all -> {
                    Membership chosen = all.stream()
                            .filter(one -> one.businessId().equals(businessId))
                            .findFirst()
                            .orElseThrow(() -> notFound("You do not belong to a business with this id."));
                    return sessions.move(visit, chosen);
                })
                .compose(this::answer);
    }

    Future<Answer> changePassword(Visit visit) {
        Members members = visit.request().members();
        String current = members.requiredText("current", BusinessAdmin.MAX_PASSWORD);
        String replacement = members.requiredText("replacement", BusinessAdmin.MAX_PASSWORD);
        requireLength(members, "replacement", replacement);
        members.check();
        Session session = visit.session();
        SignInLimits.Attempt attempt = attempt(visit.request(), session.email());
        return team.accountOf(session.userId())
                .compose(account -> verified(account, current))
                .compose(account -> {
                    attempt.forgive();
                    return passwords.hash(replacement).compose(hash -> team.setPassword(account, hash));
                })
                .compose(account -> {
                    if (account == null) {
                        throw Sessions.changedMeanwhile();
                    }
                    return sessions.begin(
                            visit.request(),
                            account,
                            new Membership(session.businessId(), session.businessName(), session.role()));
                })
                .compose(this::answer);
    }

    Future<Answer> list(Visit visit) {
        Session own = visit.session();
        return sessions.store()
                .list(own.userId(), visit.now(), sessions.idleSince(visit.now()))
                .map(all -> Answer.json(
                        "sessions",
                        all.stream()
                                .map(one -> new SignedInView(
                                        one.id(),
                                        Times.format(one.createdAt()),
                                        Times.format(one.lastSeenAt()),
                                        Times.format(one.expiresAt()),
                                        one.address(),
                                        one.agent(),
                                        one.id().equals(own.id())))
                                .toList()));
    }

    Future<Answer> endOthers(Visit visit) {
        return sessions.store()
                .endOthers(visit.session().userId(), visit.session().id())
                .map(Done.ANSWER);
    }

    Future<Answer> end(Visit visit) {
        return sessions.store()
                .end(visit.session().userId(), visit.request().pathParameter(0))
                .map(found -> Done.unless(!found, "You have no session with this id, or it has ended."));
    }

    Future<Answer> lookAtInvitation(ApiRequest request) {
        byte[] hash = hash(request.members());
        return team.invitation(hash).compose(invitation -> {
            if (invitation == null) {
                throw ended();
            }
            return team.account(invitation.email())
                    .map(account -> Answer.json(new InvitationView(
                            invitation.businessName(),
                            invitation.email(),
                            invitation.role().wireName(),
                            Times.format(invitation.expiresAt()),
                            account != null)));
        });
    }

    Future<Answer> acceptInvitation(ApiRequest request) {
        Members members = request.members();
        String password = members.requiredText("password", BusinessAdmin.MAX_PASSWORD);
        byte[] hash = hash(members);
        return team.invitation(hash)
                .compose(invitation -> {
                    if (invitation == null) {
                        throw ended();
                    }
                    SignInLimits.Attempt attempt = attempt(request, invitation.email());
                    return team.account(invitation.email())
                            .compose(account -> account == null
                                    ? acceptAnew(members, hash, password)
                                    : verified(account, password).compose(right -> team.accept(hash, right)
                                            .map(right)))
                            .compose(account -> {
                                attempt.forgive();
                                return team.memberships(account.id())
                                        .compose(all -> sessions.begin(
                                                request,
                                                account,
                                                all.stream()
                                                        .filter(one ->
                                                                one.businessId().equals(invitation.businessId()))
                                                        .findFirst()
                                                        .orElseThrow(SessionApi::ended)));
                            });
                })
                .recover(failure -> Future.failedFuture(
                        failure instanceof BusinessConflict conflict ? Done.conflict(conflict) : failure))
                .compose(this::answer);
    }

    private Future<Account> acceptAnew(Members members, byte[] hash, String password) {
        requireLength(members, "password", password);
        members.check();
        return passwords.hash(password).compose(hashed -> team.acceptAnew(hash, hashed));
    }

    private SignInLimits.Attempt attempt(ApiRequest request, String email) {
        return limits.begin(email.strip().toLowerCase(Locale.ROOT), ClientAddress.network(request.clientAddress()));
    }

    private Future<Account> verified(@Nullable Account account, String password) {
        return passwords
                .verify(account == null ? null : account.passwordHash(), password)
                .map(right -> {
                    if (account == null || !right) {
                        throw Problem.of(ProblemType.SIGN_IN_FAILED, "The e-mail address or the password is wrong.")
                                .exception();
                    }
                    return account;
                });
    }

    private static void requireLength(Members members, String name, String password) {
        if (password.length() < BusinessAdmin.MIN_PASSWORD) {
            members.fault(name, "must have at least " + BusinessAdmin.MIN_PASSWORD + " characters.");
        }
    }

    private static byte[] hash(Members members) {
        String token = members.requiredText("token", MAX_ID);
        members.check();
        return Token.hash(token);
    }

    private static ProblemException ended() {
        return notFound("The invitation was used or withdrawn, or it has expired; ask for a new one.");
    }

    private static ProblemException notFound(String sentence) {
        return Problem.of(ProblemType.NOT_FOUND, sentence).exception();
    }

    private Future<Answer> answer(Visit visit) {
        Session session = visit.session();
        return team.memberships(session.userId())
                .map(all -> Answer.json(new SessionView(
                        new UserView(session.userId(), session.email()),
                        new BusinessView(session.businessId(), session.businessName()),
                        session.role().wireName(),
                        all.stream()
                                .map(one -> new MembershipView(
                                        one.businessId(),
                                        one.businessName(),
                                        one.role().wireName()))
                                .toList(),
                        Token.csrf(visit.token()),
                        Times.format(session.expiresAt()),
                        server(visit.request()))));
    }

    private ServerView server(ApiRequest request) {
        return new ServerView(
                version,
                place.apiUrl(request),
                config.publicPath(),
                config.privateKeys(),
                place.isInsecure(request),
                "quotient key create --type private --name \"My server\"");
    }

    /** An answer without content. */
    static final class Done {
        static final Answer ANSWER = Answer.json(Map.of("success", true));

        private Done() {}

        static Answer unless(boolean absent, String sentence) {
            if (absent) {
                throw notFound(sentence);
            }
            return ANSWER;
        }

        static ProblemException conflict(RuntimeException conflict) {
            return Problem.of(ProblemType.CONFLICT, String.valueOf(conflict.getMessage()))
                    .exception();
        }
    }
}
