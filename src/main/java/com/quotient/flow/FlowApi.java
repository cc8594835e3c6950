package com.quotient.flow;

import com.quotient.db.SharedPool;
import com.quotient.http.Answer;
import com.quotient.http.ApiRequest;
import com.quotient.http.Members;
import com.quotient.id.Ids;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;

/** Triggers flows: {@code /flow}. Thread-safe. */
public final class FlowApi {
    private static final int MAX_ID = 128;

    private final FlowStore store;

    public FlowApi(SharedPool pool) {
        this.store = new FlowStore(pool);
    }

    private record Triggered(boolean success) {}

    /**
     * {@code POST /flow/{flowId}/trigger}: enrols a person once, ever. {@code success} is false when the person is not
     * in the flow's segment.
     */
    public Future<Answer> trigger(ApiRequest request) {
        return request.read(FlowApi::personId)
                .compose(personId -> store.enrol(
                        request.businessId(),
                        request.pathParameter(0),
                        personId,
                        Trigger.PROGRAMMATIC,
                        Ids.next("enr_", request.receivedMillis()),
                        Ids.next("msg_", request.receivedMillis()),
                        request.trace()))
                .map(enrolment -> switch (enrolment) {
                    case ENROLLED -> Answer.json(new Triggered(true));
                    case OUTSIDE_SEGMENT -> Answer.json(new Triggered(false));
                    case NOT_TRIGGERABLE ->
                        throw Problem.of(
                                        ProblemType.FLOW_NOT_TRIGGERABLE,
                                        "The flow is not active, or it has no programmatic trigger.")
                                .exception();
                    case UNKNOWN_FLOW ->
                        throw Problem.of(ProblemType.NOT_FOUND, "There is no flow with this id.")
                                .exception();
                    case UNKNOWN_PERSON ->
                        throw Problem.of(ProblemType.NOT_FOUND, "There is no person with this id.")
                                .exception();
                });
    }

    private static String personId(Members members) {
        String personId = members.requiredText("personId", MAX_ID);
        members.check();
        return personId;
    }
}
