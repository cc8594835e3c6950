package com.quotient.dashboard;

import com.quotient.http.Answer;
import com.quotient.http.Members;
import com.quotient.origin.InvalidOriginRule;
import com.quotient.origin.OriginAdvice;
import com.quotient.origin.OriginAdvice.Verdict;
import com.quotient.origin.OriginRules;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Explains origin lists with the rules that decide on real requests: {@code /origins/check}. Thread-safe. */
final class OriginApi {
    private static final int MAX_LENGTH = 2000;

    private record EntryView(
            String given,
            String entry,
            boolean changed,
            @Nullable String explanation,
            @Nullable String problem) {}

    private record CheckView(
            List<EntryView> entries, @Nullable Verdict test) {}

    Future<Answer> check(Visit visit) {
        Members members = visit.request().members();
        members.require("entries");
        List<String> entries = members.texts("entries", OriginRules.MAX_ENTRIES, MAX_LENGTH);
        String origin = members.text("origin", MAX_LENGTH);
        members.check();
        List<EntryView> explained =
                Objects.requireNonNull(entries).stream().map(OriginApi::explain).toList();
        List<String> good = new ArrayList<>();
        explained.stream().filter(entry -> entry.problem() == null).forEach(entry -> good.add(entry.entry()));
        boolean unusable = good.isEmpty() && !explained.isEmpty();
        Verdict test = origin == null || origin.isBlank()
                ? null
                : unusable
                        ? new Verdict(OriginAdvice.clean(origin), false, null, "No entry can be used.")
                        : OriginAdvice.test(OriginRules.of(good), origin);
        return Future.succeededFuture(Answer.json(new CheckView(explained, test)));
    }

    private static EntryView explain(String given) {
        String entry = OriginAdvice.clean(given);
        try {
            return new EntryView(given, entry, !entry.equals(given), OriginAdvice.explain(entry), null);
        } catch (InvalidOriginRule e) {
            return new EntryView(given, entry, !entry.equals(given), null, e.getMessage());
        }
    }
}
