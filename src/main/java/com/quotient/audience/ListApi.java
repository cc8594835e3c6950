package com.quotient.audience;

import com.quotient.audience.ListStore.Changed;
import com.quotient.audience.ListStore.ListedPerson;
import com.quotient.audience.ListStore.StoredList;
import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Page;
import com.quotient.http.Page.PageData;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of people and their members: {@code /audience/lists}. Thread-safe. */
public final class ListApi {
    private final ListStore store;

    ListApi(Database database) {
        this.store = new ListStore(database);
    }

    private record People(List<ListedPerson> people, PageData pageData) {}

    private record Added(int added, String listSlug, String listId) {}

    private record Removed(int removed, String listSlug, String listId) {}

    /** {@code POST /audience/lists}: creates or changes the list of a slug, which is made from the name if absent. */
    public Future<Answer> upsert(ApiRequest request) {
        return request.read(ListDraft::from)
                .compose(draft -> store.upsert(request.businessId(), draft, request.receivedMillis()))
                .map(Answer::json);
    }

    /** {@code GET /audience/lists}: one page, in order of creation. */
    public Future<Answer> page(ApiRequest request) {
        Page page = Page.from(request.query());
        SearchTerm search = SearchTerm.from(request.query());
        String businessId = request.businessId();
        return Wire.page(
                "lists",
                page,
                store.count(businessId, search),
                (lastId, offset, limit) -> store.lists(businessId, search, lastId, offset, limit),
                StoredList::id,
                list -> Answer.encode(list).toString());
    }

    /** {@code GET /audience/lists/{slug}}. */
    public Future<Answer> get(ApiRequest request) {
        return find(request).map(list -> Answer.json("list", list));
    }

    /** {@code DELETE /audience/lists/{slug}}: its people stay. */
    public Future<Answer> delete(ApiRequest request) {
        return store.delete(request.businessId(), request.pathParameter(0)).map(deleted -> {
            if (!deleted) {
                throw noList();
            }
            return Answer.json("success", true);
        });
    }

    /** {@code GET /audience/lists/{slug}/people}: one page of its members, in order of joining. */
    public Future<Answer> people(ApiRequest request) {
        Page page = Page.from(request.query());
        SearchTerm search = SearchTerm.from(request.query());
        return store.id(request.businessId(), request.pathParameter(0))
                .map(ListApi::known)
                .compose(listId -> store.people(request.businessId(), listId, search, page))
                .map(found -> Answer.json(new People(found.items(), page.data(found.total()))));
    }

    /** {@code POST /audience/lists/{slug}/people}: creates people for unknown email addresses and skips unknown ids. */
    public Future<Answer> add(ApiRequest request) {
        String slug = request.pathParameter(0);
        return request.read(ListEntries::from)
                .compose(entries -> store.add(request.businessId(), slug, entries, request.receivedMillis()))
                .map(changed -> {
                    Changed added = known(changed);
                    return Answer.json(new Added(added.count(), slug, added.listId()));
                });
    }

    /** {@code DELETE /audience/lists/{slug}/people}: skips people who are not on the list. */
    public Future<Answer> remove(ApiRequest request) {
        String slug = request.pathParameter(0);
        return request.read(ListEntries::from)
                .compose(entries -> store.remove(request.businessId(), slug, entries))
                .map(changed -> {
                    Changed removed = known(changed);
                    return Answer.json(new Removed(removed.count(), slug, removed.listId()));
                });
    }

    private Future<StoredList> find(ApiRequest request) {
        return store.find(request.businessId(), request.pathParameter(0)).map(ListApi::known);
    }

    private static <T> T known(@Nullable T found) {
        if (found == null) {
            throw noList();
        }
        return found;
    }

    private static RuntimeException noList() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such list.").exception();
    }
}
