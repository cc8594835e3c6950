package com.quotient;

import static com.quotient.http.Route.get;

import com.quotient.auth.Access;
import com.quotient.http.Routes;
import com.quotient.whoami.WhoamiApi;
import java.util.List;

/** The table of contents of the API: every path, whom it admits, and who answers. */
final class ApiRoutes {
    private ApiRoutes() {}

    static Routes routes(WhoamiApi whoami) {
        return new Routes(List.of(get("/whoami", Access.anyKey(), whoami::whoami)));
    }
}
