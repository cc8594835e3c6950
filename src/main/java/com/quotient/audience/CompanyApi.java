package com.quotient.audience;

import com.quotient.db.Database;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Page;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;

/**
 * Companies: {@code /audience/companies}. A person belongs to the company of their email domain, whichever was stored
 * first. Thread-safe.
 */
public final class CompanyApi {
    private final CompanyStore store;

    CompanyApi(Database database) {
        this.store = new CompanyStore(database);
    }

    /** {@code POST /audience/companies}: creates or changes the company of a domain. */
    public Future<Answer> upsert(ApiRequest request) {
        return request.read(CompanyDraft::from)
                .compose(draft -> store.upsert(request.businessId(), draft, request.receivedMillis()))
                .map(upserted -> Answer.json("companyId", upserted.storedId()));
    }

    /** {@code GET /audience/companies}: one page, in order of creation. */
    public Future<Answer> page(ApiRequest request) {
        Page page = Page.from(request.query());
        SearchTerm search = SearchTerm.from(request.query());
        String businessId = request.businessId();
        return Wire.page(
                "companies",
                page,
                store.count(businessId, search),
                (lastId, offset, limit) -> store.companies(businessId, search, lastId, offset, limit),
                StoredCompany::id,
                StoredCompany::json);
    }

    /** {@code GET /audience/companies/{companyId}}. */
    public Future<Answer> get(ApiRequest request) {
        return store.find(request.businessId(), request.pathParameter(0)).map(company -> {
            if (company == null) {
                throw noCompany();
            }
            return Wire.one("company", company.json());
        });
    }

    /** {@code DELETE /audience/companies/{companyId}}: its people stay. */
    public Future<Answer> delete(ApiRequest request) {
        return store.delete(request.businessId(), request.pathParameter(0)).map(deleted -> {
            if (!deleted) {
                throw noCompany();
            }
            return Answer.json("success", true);
        });
    }

    private static RuntimeException noCompany() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such company.").exception();
    }
}
