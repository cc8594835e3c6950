package com.quotient.server;

import static com.quotient.auth.Access.anyKey;
import static com.quotient.auth.Access.both;
import static com.quotient.auth.Access.secret;
import static com.quotient.http.Route.delete;
import static com.quotient.http.Route.get;
import static com.quotient.http.Route.patch;
import static com.quotient.http.Route.post;
import static com.quotient.http.Route.put;
import static com.quotient.keys.Scope.ANALYTICS_READ;
import static com.quotient.keys.Scope.ANALYTICS_WRITE;
import static com.quotient.keys.Scope.AUDIENCE_READ;
import static com.quotient.keys.Scope.AUDIENCE_WRITE;
import static com.quotient.keys.Scope.BLOG_READ;
import static com.quotient.keys.Scope.BLOG_WRITE;
import static com.quotient.keys.Scope.FLOW_TRIGGER;
import static com.quotient.keys.Scope.MEMORY_READ;
import static com.quotient.keys.Scope.MEMORY_WRITE;

import com.quotient.analytics.AnalyticsApi;
import com.quotient.audience.AudienceApi;
import com.quotient.audience.CompanyApi;
import com.quotient.audience.ListApi;
import com.quotient.audience.PeopleApi;
import com.quotient.audience.PropertyApi;
import com.quotient.blog.BlogApi;
import com.quotient.config.Config;
import com.quotient.flow.FlowApi;
import com.quotient.http.Route;
import com.quotient.http.Route.BodyRule;
import com.quotient.http.Routes;
import com.quotient.memory.MemoryApi;
import com.quotient.whoami.WhoamiApi;
import java.util.ArrayList;
import java.util.List;

/** Every route of the API: its path, the access it requires, and its endpoint. */
final class ApiRoutes {
    private ApiRoutes() {}

    static Routes routes(
            Config config,
            WhoamiApi whoami,
            AnalyticsApi analytics,
            AudienceApi audience,
            BlogApi blog,
            FlowApi flow,
            MemoryApi memory) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(analytics(config, whoami, analytics));
        routes.addAll(audience(audience));
        routes.addAll(blog(blog));
        routes.addAll(flow(flow));
        routes.addAll(memory(memory));
        return new Routes(routes, config.http().ingestAlias(), "/analytics");
    }

    private static List<Route> analytics(Config config, WhoamiApi whoami, AnalyticsApi analytics) {
        BodyRule events = BodyRule.withKey(config.analytics().maxBatchBytes());
        return List.of(
                get("/whoami", anyKey(), whoami::whoami),
                post("/analytics", both(ANALYTICS_WRITE), analytics::track)
                        .withBody(events)
                        .withOwnCommit(),
                get("/analytics/events", secret(ANALYTICS_READ), analytics::events)
                        .withQuery("eventType", "personId", "deviceId", "sessionId", "from", "to", "page", "limit"),
                get("/analytics/series", secret(ANALYTICS_READ), analytics::series)
                        .withQuery("eventType", "from", "to", "interval", "timezone", "groupBy"),
                get("/analytics/export", secret(ANALYTICS_READ), analytics::export)
                        .withQuery("eventType", "from", "to"));
    }

    private static List<Route> audience(AudienceApi audience) {
        PeopleApi people = audience.people();
        CompanyApi companies = audience.companies();
        ListApi lists = audience.lists();
        PropertyApi properties = audience.properties();
        return List.of(
                post("/people", both(AUDIENCE_WRITE), people::upsert),
                post("/audience/people", both(AUDIENCE_WRITE), people::upsert),
                get("/audience/people", secret(AUDIENCE_READ), people::page)
                        .withQuery("search", "status", "list", "company", "page", "limit"),
                post("/audience/people/import", secret(AUDIENCE_WRITE), people::importAll)
                        .withBody(BodyRule.STREAMED)
                        .withQuery("ignoreUnknown"),
                get("/audience/people/export", secret(AUDIENCE_READ), people::export)
                        .withQuery("search", "status", "list", "company", "format"),
                get("/audience/people/{personId}", secret(AUDIENCE_READ), people::get),
                delete("/audience/people/{personId}", secret(AUDIENCE_WRITE), people::erase),
                post("/audience/companies", both(AUDIENCE_WRITE), companies::upsert),
                get("/audience/companies", secret(AUDIENCE_READ), companies::page)
                        .withQuery("search", "page", "limit"),
                get("/audience/companies/{companyId}", secret(AUDIENCE_READ), companies::get),
                delete("/audience/companies/{companyId}", secret(AUDIENCE_WRITE), companies::delete),
                post("/audience/lists", secret(AUDIENCE_WRITE), lists::upsert),
                get("/audience/lists", secret(AUDIENCE_READ), lists::page).withQuery("search", "page", "limit"),
                get("/audience/lists/{slug}", secret(AUDIENCE_READ), lists::get),
                delete("/audience/lists/{slug}", secret(AUDIENCE_WRITE), lists::delete),
                get("/audience/lists/{slug}/people", secret(AUDIENCE_READ), lists::people)
                        .withQuery("search", "page", "limit"),
                post("/audience/lists/{slug}/people", both(AUDIENCE_WRITE), lists::add),
                delete("/audience/lists/{slug}/people", both(AUDIENCE_WRITE), lists::remove)
                        .withBody(BodyRule.JSON),
                post("/audience/lists/{slug}/people/remove", secret(AUDIENCE_WRITE), lists::remove),
                post("/audience/properties", secret(AUDIENCE_WRITE), properties::define),
                get("/audience/properties", secret(AUDIENCE_READ), properties::page)
                        .withQuery("target", "page", "limit"),
                delete("/audience/properties/{target}/{name}", secret(AUDIENCE_WRITE), properties::delete));
    }

    private static List<Route> blog(BlogApi blog) {
        return List.of(
                get("/blog/list", both(BLOG_READ), blog::list)
                        .withQuery("authorIds", "tagIds", "statuses", "search", "page", "limit"),
                get("/blog/{slug}", both(BLOG_READ), blog::get).withQuery("rawHtml"),
                post("/blog", secret(BLOG_WRITE), blog::create),
                patch("/blog/{slug}", secret(BLOG_WRITE), blog::update),
                delete("/blog/{slug}", secret(BLOG_WRITE), blog::delete),
                get("/blog/authors", both(BLOG_READ), blog::authors).withQuery("search", "page", "limit"),
                get("/blog/authors/list", both(BLOG_READ), blog::authors).withQuery("search", "page", "limit"),
                get("/blog/list-authors", both(BLOG_READ), blog::authors).withQuery("search", "page", "limit"),
                post("/blog/authors", secret(BLOG_WRITE), blog::createAuthor),
                patch("/blog/authors/{id}", secret(BLOG_WRITE), blog::updateAuthor),
                delete("/blog/authors/{id}", secret(BLOG_WRITE), blog::deleteAuthor),
                get("/blog/tags", both(BLOG_READ), blog::tags),
                get("/blog/tags/list", both(BLOG_READ), blog::tags),
                get("/blog/list-tags", both(BLOG_READ), blog::tags),
                post("/blog/tags", secret(BLOG_WRITE), blog::createTag),
                patch("/blog/tags/{id}", secret(BLOG_WRITE), blog::updateTag),
                delete("/blog/tags/{id}", secret(BLOG_WRITE), blog::deleteTag));
    }

    private static List<Route> flow(FlowApi flow) {
        return List.of(post("/flow/{flowId}/trigger", both(FLOW_TRIGGER), flow::trigger)
                .withPublicIdempotency());
    }

    private static List<Route> memory(MemoryApi memory) {
        return List.of(
                get("/memory/search", secret(MEMORY_READ), memory::searchByQuery)
                        .withQuery("query", "tags"),
                post("/memory/search", secret(MEMORY_READ), memory::searchByBody),
                get("/memory/{path*}", secret(MEMORY_READ), memory::read).withQuery("op", "deep"),
                put("/memory/{path*}", secret(MEMORY_WRITE), memory::write),
                post("/memory/{path*}", secret(MEMORY_WRITE), memory::write),
                delete("/memory/{path*}", secret(MEMORY_WRITE), memory::archive));
    }
}
