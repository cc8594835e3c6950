package com.quotient.dashboard;

import com.quotient.business.BusinessConflict;
import com.quotient.business.Role;
import com.quotient.business.TeamAdmin;
import com.quotient.business.TeamAdmin.Invitation;
import com.quotient.config.DashboardConfig;
import com.quotient.dashboard.SessionApi.Done;
import com.quotient.http.Answer;
import com.quotient.http.Members;
import com.quotient.problem.Problem;
import com.quotient.time.Times;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members of the business: {@code /team}. Thread-safe. */
final class TeamApi {
    private static final int MAX_EMAIL = 254;

    private final TeamAdmin team;
    private final Sessions sessions;
    private final Place place;
    private final DashboardConfig config;

    TeamApi(TeamAdmin team, Sessions sessions, Place place, DashboardConfig config) {
        this.team = team;
        this.sessions = sessions;
        this.place = place;
        this.config = config;
    }

    private record MemberView(
            String userId,
            String email,
            String role,
            String joinedAt,
            @Nullable String lastSeenAt,
            boolean you) {}

    private record InvitationView(
            String id, String email, String role, String createdAt, String createdBy, String expiresAt) {
        static InvitationView of(Invitation invitation) {
            return new InvitationView(
                    invitation.id(),
                    invitation.email(),
                    invitation.role().wireName(),
                    Times.format(invitation.createdAt()),
                    invitation.createdBy(),
                    Times.format(invitation.expiresAt()));
        }
    }

    private record TeamView(List<MemberView> members, List<InvitationView> invitations) {}

    private record Invited(InvitationView invitation, String link) {}

    Future<Answer> get(Visit visit) {
        Instant now = visit.now();
        return sessions.store()
                .lastSeen(visit.businessId(), now, sessions.idleSince(now))
                .compose(seen -> team.members(visit.businessId()).compose(members -> team.invitations(
                                visit.businessId())
                        .map(invitations -> Answer.json(new TeamView(
                                members.stream()
                                        .map(one -> new MemberView(
                                                one.userId(),
                                                one.email(),
                                                one.role().wireName(),
                                                Times.format(one.joinedAt()),
                                                seen.containsKey(one.userId())
                                                        ? Times.format(seen.get(one.userId()))
                                                        : null,
                                                one.userId()
                                                        .equals(visit.session().userId())))
                                        .toList(),
                                invitations.stream().map(InvitationView::of).toList())))));
    }

    Future<Answer> changeRole(Visit visit) {
        Members members = visit.request().members();
        Role role = role(members);
        members.check();
        String userId = visit.request().pathParameter(0);
        return changed(visit, userId, team.setRole(visit.businessId(), userId, role));
    }

    Future<Answer> remove(Visit visit) {
        String userId = visit.request().pathParameter(0);
        return changed(visit, userId, team.remove(visit.businessId(), userId));
    }

    Future<Answer> invite(Visit visit) {
        Members members = visit.request().members();
        String email = members.requiredText("email", MAX_EMAIL);
        Role role = role(members);
        members.check();
        String token = Token.next();
        Future<Invitation> invited;
        try {
            invited = team.invite(
                    visit.businessId(),
                    email,
                    role,
                    Token.hash(token),
                    visit.session().userId(),
                    visit.now().plus(config.invitationMaxAge()));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("email", String.valueOf(e.getMessage())).exception();
        }
        return conflicting(invited)
                .map(invitation -> Answer.json(new Invited(
                        InvitationView.of(invitation), place.url(visit.request()) + "/invitation#" + token)));
    }

    Future<Answer> withdraw(Visit visit) {
        return team.withdraw(visit.businessId(), visit.request().pathParameter(0))
                .map(found -> Done.unless(!found, "There is no such invitation, or it has ended."));
    }

    /** A member with a new role must sign in again: a session never outlives the role it was made for. */
    private Future<Answer> changed(Visit visit, String userId, Future<Boolean> change) {
        return conflicting(change).compose(found -> {
            Answer done = Done.unless(!found, "There is no such member in this business.");
            return sessions.store().endIn(visit.businessId(), userId).map(done);
        });
    }

    private static <T> Future<T> conflicting(Future<T> change) {
        return change.recover(failure ->
                Future.failedFuture(failure instanceof BusinessConflict conflict ? Done.conflict(conflict) : failure));
    }

    private static Role role(Members members) {
        Role role = Role.named(members.text("role", MAX_EMAIL));
        if (role == null) {
            members.fault("role", "must be owner, member or viewer.");
        }
        return role == null ? Role.VIEWER : role;
    }
}
