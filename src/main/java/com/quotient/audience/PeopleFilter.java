package com.quotient.audience;

import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Selects people of a business; a null member does not restrict.
 *
 * @param list the slug of a list they are on
 * @param company the id of the company they belong to
 */
record PeopleFilter(
        String businessId,
        @Nullable SearchTerm search,
        @Nullable SubscriptionStatus status,
        @Nullable String list,
        @Nullable String company) {

    /** Reads the parameters of the same names; a 400 for an unknown status. */
    static PeopleFilter from(String businessId, Query query) {
        return new PeopleFilter(
                businessId,
                SearchTerm.from(query),
                status(query.text("status")),
                query.text("list"),
                query.text("company"));
    }

    private static @Nullable SubscriptionStatus status(@Nullable String given) {
        if (given == null) {
            return null;
        }
        for (SubscriptionStatus status : SubscriptionStatus.values()) {
            if (status.name().equals(given)) {
                return status;
            }
        }
        throw Problem.invalid(
                        "status",
                        "must be one of "
                                + Arrays.stream(SubscriptionStatus.values())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))
                                + ".")
                .exception();
    }
}
