package com.quotient.audience;

import com.quotient.http.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The people to add to a list or remove from it, by id or by email address. */
record ListEntries(List<String> ids, List<ByEmail> byEmail) {
    private static final int MAX_ENTRIES = 1000;
    private static final int MAX_ID = 100;

    /** The names are used only when the person is created. */
    record ByEmail(
            EmailAddress email,
            @Nullable String firstName,
            @Nullable String lastName) {}

    /**
     * Reads the member {@code people}. In an entry with a {@code personId}, the id counts.
     *
     * @throws com.quotient.problem.ProblemException a 400 that names every fault
     */
    static ListEntries from(Members members) {
        members.require("people");
        List<Members> people = members.objects("people", 1, MAX_ENTRIES);
        List<String> ids = new ArrayList<>();
        List<ByEmail> byEmail = new ArrayList<>();
        for (Members entry : people == null ? List.<Members>of() : people) {
            if (entry.node("personId") != null) {
                ids.add(String.valueOf(entry.text("personId", MAX_ID)));
            } else if (entry.node("emailAddress") == null) {
                entry.fault("emailAddress", "is required where there is no personId.");
            } else {
                byEmail.add(new ByEmail(
                        PersonDraft.email(entry, "emailAddress"),
                        entry.text("firstName", PersonDraft.MAX_TEXT),
                        entry.text("lastName", PersonDraft.MAX_TEXT)));
            }
        }
        members.check();
        return new ListEntries(ids, byEmail);
    }

    @Nullable
    String[] texts(Function<ByEmail, @Nullable String> column) {
        return byEmail.stream().map(column).toArray(String[]::new);
    }
}
