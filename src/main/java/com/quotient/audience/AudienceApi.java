package com.quotient.audience;

import com.quotient.config.Config;
import com.quotient.db.Database;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** The endpoints of the audience, grouped by resource. */
public record AudienceApi(PeopleApi people, CompanyApi companies, ListApi lists, PropertyApi properties) {

    public AudienceApi(Vertx vertx, Database database, Config config, InstantSource clock) {
        this(
                new PeopleApi(vertx, database, config, clock),
                new CompanyApi(database),
                new ListApi(database),
                new PropertyApi(database.features()));
    }
}
