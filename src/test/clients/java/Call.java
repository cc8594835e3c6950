import com.example.client.ApiClient;
import com.example.client.ApiException;
import com.example.client.api.AnalyticsApi;
import com.example.client.api.AudienceApi;
import com.example.client.api.BlogApi;
import com.example.client.api.MemoryApi;
import com.example.client.api.WhoAmIApi;
import com.example.client.model.*;
import java.util.List;
import java.util.Objects;

/**
 * Calls the API as a program does whose client was generated from /openapi.json. Fails at the first answer that is
 * wrong.
 */
public final class Call {
    private Call() {}

    public static void main(String[] arguments) throws ApiException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("API_URL") + "/api/v0");
        client.setRequestInterceptor(
                request -> request.header("Authorization", "Bearer " + System.getenv("API_KEY")));

        WhoAmI me = new WhoAmIApi(client).whoami();
        same(me.getKeyType(), "private");
        same(me.getExpiresAt(), null);

        AnalyticsApi analytics = new AnalyticsApi(client);
        EventToTrack paid = new EventToTrack().eventType("paid").putAdditionalProperty("sku", "A-42");
        Tracked one = analytics.trackEvents(new EventsToTrack(paid), null);
        same(one.getSuccess(), true);
        Tracked several = analytics.trackEvents(
                new EventsToTrack(new EventBatch()
                        .batch(List.of(
                                new EventToTrack().eventType("pageView"), new EventToTrack().eventType("search")))),
                "the-batch");
        same(several.getAccepted(), 2);
        EventPage events = analytics.listEvents("paid", null, null, null, null, null, 1, 1);
        same(events.getEvents().get(0).getId(), one.getEventId());
        same(events.getEvents().get(0).getProperties().get("sku"), "A-42");

        AudienceApi audience = new AudienceApi(client);
        String personId = audience.upsertPerson(
                        new PersonToUpsert().emailAddress("ada@example.com").firstName("Ada"), null)
                .getPersonId();
        Person person = audience.getPerson(personId).getPerson();
        same(person.getFirstName(), "Ada");
        same(person.getEmailSubscriptionStatus(), "NOT_SUBSCRIBED");
        audience.upsertList(new ListToUpsert().slug("news").name("Newsletter"), null);
        ListEntries entries = new ListEntries().addPeopleItem(new ListEntriesPeopleInner().personId(personId));
        same(audience.addPeopleToList("news", entries, null).getAdded(), 1);
        same(audience.listPeopleOfList("news", null, null, null).getPeople().size(), 1);

        BlogApi blog = new BlogApi(client);
        PostToCreate hello = new PostToCreate()
                .title("Hello")
                .markdown("# Hello\n\n- A *first* post.")
                .status(PostToCreate.StatusEnum.PUBLISHED);
        String slug = blog.createPost(hello, null).getBlog().getSlug();
        Post post = blog.getPost(slug, null, true).getBlog();
        same(post.getContent().getContent().get(0).getType(), "heading");
        same(post.getRawHtml().contains("<em>first</em>"), true);

        MemoryApi memory = new MemoryApi(client);
        memory.writeMemory("returns.md", new MemoryToWrite().content("# Returns\n\nSend it back."));
        same(memory.readMemory("returns.md", null, null).getTitle(), "Returns");
        same(memory.searchMemory("send", null).getResults().get(0).getMemoryPath(), "/returns.md");

        try {
            audience.getPerson("per_none");
            throw new AssertionError("There is no such person.");
        } catch (ApiException e) {
            same(e.getCode(), 404);
            same(e.getResponseBody().contains("NOT_FOUND"), true);
        }
        System.out.println("Every call was answered.");
    }

    private static void same(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }
}
