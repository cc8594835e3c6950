package com.quotient.blog;

import com.quotient.problem.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The status of a post and its publish date. Only a draft may have no date. */
record Publication(PostStatus status, @Nullable Instant date) {
    static final Publication NEW = new Publication(PostStatus.DRAFT, null);

    /**
     * Applies a change. The date decides between SCHEDULED and PUBLISHED: publishing with a future date schedules the
     * post, and scheduling with a past date publishes it. Publishing without a date keeps an earlier date, otherwise it
     * means now.
     *
     * @throws com.quotient.problem.ProblemException a 400 when a post is scheduled without a date
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
