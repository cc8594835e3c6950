package com.quotient.cli;

import com.quotient.business.Business;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "list", description = "Lists the businesses, oldest first.")
final class BusinessList extends DatabaseCommand {
    @Override
    int run(OpenDatabase database) {
        List<Business> businesses = database.await(database.businesses().list());
        if (json()) {
            print(new JsonObject()
                    .put(
                            "businesses",
                            new JsonArray(
                                    businesses.stream().map(BusinessList::json).toList())));
            return ExitCodes.OK;
        }
        Table table = new Table("ID", "NAME", "CREATED", "MAX KEY LIFETIME");
        businesses.forEach(business -> table.row(
                business.id(),
                business.name(),
                Times.format(business.createdAt()),
                business.maxKeyLifetimeDays() == null ? "none" : business.maxKeyLifetimeDays() + "d"));
        table.print(out());
        return ExitCodes.OK;
    }

    static JsonObject json(Business business) {
        return new JsonObject()
                .put("id", business.id())
                .put("name", business.name())
                .put("createdAt", Times.format(business.createdAt()))
                .put("maxKeyLifetimeDays", business.maxKeyLifetimeDays());
    }
}
