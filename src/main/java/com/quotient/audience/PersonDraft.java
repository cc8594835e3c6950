package com.quotient.audience;

import com.quotient.http.Members;
import com.quotient.keys.KeyTier;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A person as a request describes it. A member that is not {@code given} stays unchanged; null clears it.
 *
 * @param lists slugs of the lists to join
 */
record PersonDraft(
        EmailAddress email,
        Set<Member> given,
        @Nullable SubscriptionStatus status,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String jobTitle,
        @Nullable Integer leadScore,
        PropertyValues properties,
        List<String> lists,
        @Nullable String deviceId,
        @Nullable String sessionId) {

    /** Maximum characters of a name or a title. */
    static final int MAX_TEXT = 255;

    private static final int MAX_LISTS = 100;
    private static final int MAX_SLUG = 100;
    private static final int MAX_LEAD_SCORE = 100;
    private static final int MAX_SENDER_ID = 128;
    private static final String STATUS = "emailSubscriptionStatus";
    private static final String OLDER_STATUS = "emailMarketingState";

    /** The optional members. */
    enum Member {
        STATUS,
        FIRST_NAME,
        LAST_NAME,
        JOB_TITLE,
        LEAD_SCORE
    }

    /**
     * Reads a draft.
     *
     * @throws com.quotient.problem.ProblemException a 400 that names every fault
     */
    static PersonDraft from(Members members, KeyTier tier) {
        EmailAddress email = email(members, "emailAddress");
        Set<Member> given = EnumSet.noneOf(Member.class);
        String statusMember = members.has(STATUS) ? STATUS : OLDER_STATUS;
        SubscriptionStatus status = members.oneOf(statusMember, SubscriptionStatus.class);
        if (members.has(statusMember)) {
            given.add(Member.STATUS);
            boolean reserved = status == null ? members.isNull(statusMember) : !status.isForPublicKeys();
            if (tier == KeyTier.PUBLIC && reserved) {
                members.fault(statusMember, "must be one of SUBSCRIBED, UNSUBSCRIBED, PENDING with a public key.");
            }
        }
        note(members, "firstName", Member.FIRST_NAME, given);
        note(members, "lastName", Member.LAST_NAME, given);
        note(members, "jobTitle", Member.JOB_TITLE, given);
        note(members, "leadScore", Member.LEAD_SCORE, given);
        Long leadScore = members.integer("leadScore", 0, MAX_LEAD_SCORE);
        List<String> lists = members.texts("lists", MAX_LISTS, MAX_SLUG);
        PersonDraft draft = new PersonDraft(
                email,
                given,
                status,
                members.text("firstName", MAX_TEXT),
                members.text("lastName", MAX_TEXT),
                members.text("jobTitle", MAX_TEXT),
                leadScore == null ? null : leadScore.intValue(),
                PropertyValues.from(members),
                lists == null ? List.of() : lists.stream().distinct().toList(),
                members.text("deviceId", MAX_SENDER_ID),
                members.text("sessionId", MAX_SENDER_ID));
        members.check();
        return draft;
    }

    /** The address in a member. A fault is recorded in {@code members}, and the result is then meaningless. */
    static EmailAddress email(Members members, String name) {
        String text = members.requiredText(name, 2 * EmailAddress.MAX_LENGTH);
        EmailAddress email = EmailAddress.parse(text);
        if (email != null) {
            return email;
        }
        if (!text.isBlank()) {
            members.fault(
                    name,
                    "must be an email address such as ada@example.com, of at most " + EmailAddress.MAX_LENGTH
                            + " characters.");
        }
        return new EmailAddress("", "", "");
    }

    /** Whether the draft names a device or a session, so that events can be linked. */
    boolean hasEvents() {
        return Stream.of(deviceId, sessionId).anyMatch(id -> id != null && !id.isEmpty());
    }

    private static void note(Members members, String name, Member member, Set<Member> given) {
        if (members.has(name)) {
            given.add(member);
        }
    }
}
