package com.quotient.audience;

import com.quotient.audience.PropertyStore.StoredProperty;
import com.quotient.db.SharedPool;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Members;
import com.quotient.http.Page;
import com.quotient.http.Page.PageData;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Definitions of custom properties: {@code /audience/properties}. Thread-safe. */
public final class PropertyApi {
    private static final int MAX_NAME = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private final PropertyStore store;

    PropertyApi(SharedPool pool) {
        this.store = new PropertyStore(pool);
    }

    /** A definition to create. */
    private record Draft(String name, PropertyTarget target, PropertyType type) {}

    private record Properties(List<StoredProperty> properties, PageData pageData) {}

    /** {@code POST /audience/properties}: defines a property; repeating it with another type is a conflict. */
    public Future<Answer> define(ApiRequest request) {
        return request.read(PropertyApi::draft).compose(draft -> define(request.businessId(), draft));
    }

    private static Draft draft(Members members) {
        String name = members.requiredText("name", MAX_NAME);
        if (!name.isBlank() && !NAME.matcher(name).matches()) {
            members.fault("name", "must be letters, digits, _ and -, and begin with a letter.");
        }
        members.require("target");
        members.require("type");
        PropertyTarget target = members.oneOf("target", PropertyTarget.class);
        PropertyType type = members.oneOf("type", PropertyType.class);
        members.check();
        if (target == null || type == null) {
            throw new IllegalStateException("Members that are required are checked.");
        }
        return new Draft(name, target, type);
    }

    private Future<Answer> define(String businessId, Draft draft) {
        return store.define(businessId, draft.target(), draft.name(), draft.type())
                .map(defined -> {
                    if (defined == null) {
                        throw Problem.of(
                                        ProblemType.CONFLICT,
                                        "There are " + PropertyStore.MAX_DEFINITIONS
                                                + " custom properties already; delete one that is not needed any more.")
                                .exception();
                    }
                    if (defined.type() != draft.type()) {
                        throw Problem.of(
                                        ProblemType.CONFLICT,
                                        "The property " + draft.name() + " is of the type " + defined.type()
                                                + "; delete it first, with its values, to give it another.")
                                .exception();
                    }
                    return Answer.json("property", defined);
                });
    }

    /** {@code GET /audience/properties}: one page, in order of creation. */
    public Future<Answer> page(ApiRequest request) {
        Page page = Page.from(request.query());
        String asked = request.query().text("target");
        PropertyTarget target = target(asked);
        if (asked != null && target == null) {
            throw Problem.invalid("target", "must be PERSON or COMPANY.").exception();
        }
        return store.page(request.businessId(), target, page)
                .map(found -> Answer.json(new Properties(found.properties(), page.data(found.total()))));
    }

    /** {@code DELETE /audience/properties/{target}/{name}}: its stored values are no longer shown. */
    public Future<Answer> delete(ApiRequest request) {
        PropertyTarget target = target(request.pathParameter(0).toUpperCase(Locale.ROOT));
        if (target == null) {
            throw noProperty();
        }
        return store.delete(request.businessId(), target.name(), request.pathParameter(1))
                .map(deleted -> {
                    if (!deleted) {
                        throw noProperty();
                    }
                    return Answer.json("success", true);
                });
    }

    private static @Nullable PropertyTarget target(@Nullable String name) {
        for (PropertyTarget target : PropertyTarget.values()) {
            if (target.name().equals(name)) {
                return target;
            }
        }
        return null;
    }

    private static RuntimeException noProperty() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such property.").exception();
    }
}
