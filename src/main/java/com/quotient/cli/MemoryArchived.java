package com.quotient.cli;

import com.quotient.memory.ArchivedMemory;
import com.quotient.time.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "archived", description = "Lists what was archived from the memory of a business, newest first.")
final class MemoryArchived extends DatabaseCommand {
    @Option(names = "--business", paramLabel = "ID|NAME", required = true, description = "Of this business.")
    private String business = "";

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "The maximum number of rows. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    int run(OpenDatabase database) {
        if (limit < 1) {
            throw new CommandFailure("--limit must be at least 1.");
        }
        List<ArchivedMemory> archived = database.await(
                database.memory().archived(database.business(business).id(), limit));
        if (json()) {
            print(new JsonObject()
                    .put(
                            "archived",
                            new JsonArray(
                                    archived.stream().map(MemoryArchived::json).toList())));
            return ExitCodes.OK;
        }
        Table table = new Table("ID", "PATH", "ITEMS", "ARCHIVED");
        archived.forEach(
                one -> table.row(one.id(), one.path(), Long.toString(one.items()), Times.format(one.archivedAt())));
        table.print(out());
        return ExitCodes.OK;
    }

    static JsonObject json(ArchivedMemory archived) {
        return new JsonObject()
                .put("id", archived.id())
                .put("path", archived.path())
                .put("items", archived.items())
                .put("archivedAt", Times.format(archived.archivedAt()));
    }
}
