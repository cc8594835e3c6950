package com.quotient.audience;

import com.quotient.config.Config;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.InstantSource;

/** The endpoints of the audience, by what they are about. */
public record AudienceApi(PeopleApi people, CompanyApi companies, ListApi lists, PropertyApi properties) {

    public AudienceApi(Vertx vertx, Pool pool, Config config, InstantSource clock) {
        this(
                new PeopleApi(vertx, pool, config, clock),
                new CompanyApi(pool),
                new ListApi(pool),
                new PropertyApi(pool));
    }
}
