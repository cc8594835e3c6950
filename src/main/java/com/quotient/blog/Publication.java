package com.quotient.blog;

import com.quotient.problem.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether and from when on a post can be read. Only a draft can be without a date. */
record Publication(PostStatus status, @Nullable Instant date) {
    static final Publication NEW = new Publication(PostStatus.DRAFT, null);

    /**
     * What it becomes. The date decides between SCHEDULED and PUBLISHED: a post that is published with a date to come is
     * scheduled, one that is scheduled with a date gone by is published. Publishing without naming a date keeps an earlier
     * one and otherwise means now.
     *
     * @throws com.quotient.problem.ProblemException a 400 if a post is to be scheduled and has no date
     */
    Publication changed(@Nullable PostStatus asked, Given<Instant> askedDate, Instant now) {
        PostStatus wanted = asked == null ? status : asked;
        Instant wantedDate = askedDate.or(date);
        if (wanted == PostStatus.DRAFT) {
            return new Publication(PostStatus.DRAFT, wantedDate);
        }
        if (wanted == PostStatus.SCHEDULED && wantedDate == null) {
            throw Problem.invalid("publishDate", "is required for a post that is SCHEDULED.")
                    .exception();
        }
        boolean overdueByWish =
                wanted == PostStatus.PUBLISHED && !askedDate.isGiven() && wantedDate != null && wantedDate.isAfter(now);
        Instant when = wantedDate == null || overdueByWish ? now : wantedDate;
        return new Publication(when.isAfter(now) ? PostStatus.SCHEDULED : PostStatus.PUBLISHED, when);
    }
}
