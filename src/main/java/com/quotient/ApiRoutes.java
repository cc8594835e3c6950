package com.quotient;

import static com.quotient.auth.Access.anyKey;
import static com.quotient.auth.Access.both;
import static com.quotient.auth.Access.secret;
import static com.quotient.http.Route.delete;
import static com.quotient.http.Route.get;
import static com.quotient.http.Route.post;
import static com.quotient.http.Route.put;
import static com.quotient.keys.Scope.ANALYTICS_READ;
import static com.quotient.keys.Scope.ANALYTICS_WRITE;
import static com.quotient.keys.Scope.MEMORY_READ;
import static com.quotient.keys.Scope.MEMORY_WRITE;

import com.quotient.analytics.AnalyticsApi;
import com.quotient.http.Route;
import com.quotient.http.Route.BodyRule;
import com.quotient.http.Routes;
import com.quotient.memory.MemoryApi;
import com.quotient.whoami.WhoamiApi;
import java.util.List;

/** The table of contents of the API: every path, whom it admits, and who answers. */
final class ApiRoutes {
    private ApiRoutes() {}

    static Routes routes(Config config, WhoamiApi whoami, AnalyticsApi analytics, MemoryApi memory) {
        BodyRule events = BodyRule.withKey(config.analytics().maxBatchBytes());
        List<Route> routes = List.of(
                get("/whoami", anyKey(), whoami::whoami),
                post("/analytics", both(ANALYTICS_WRITE), analytics::track).withBody(events),
                get("/analytics/events", secret(ANALYTICS_READ), analytics::events),
                get("/analytics/series", secret(ANALYTICS_READ), analytics::series),
                get("/analytics/export", secret(ANALYTICS_READ), analytics::export),
                get("/memory/search", secret(MEMORY_READ), memory::searchByQuery),
                post("/memory/search", secret(MEMORY_READ), memory::searchByBody),
                get("/memory/{path*}", secret(MEMORY_READ), memory::read),
                put("/memory/{path*}", secret(MEMORY_WRITE), memory::write),
                post("/memory/{path*}", secret(MEMORY_WRITE), memory::write),
                delete("/memory/{path*}", secret(MEMORY_WRITE), memory::archive));
        return new Routes(routes);
    }
}
