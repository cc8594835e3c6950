// Calls the API as a program does whose client was generated from /openapi.json. Ends with 1 at the first answer that is wrong.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string | undefined> };

type Problem = components["schemas"]["Problem"];

const client = createClient<paths>({
  baseUrl: `${process.env["API_URL"]}/api/v0`,
  headers: { Authorization: `Bearer ${process.env["API_KEY"]}` },
});

let calls = 0;

/** What an operation answered; every operation has to answer with 200. */
async function answer<T>(response: Promise<{ data?: T; error?: Problem }>): Promise<T> {
  const { data, error } = await response;
  if (data === undefined) {
    throw new Error(`Call ${calls + 1} was refused: ${error?.code} ${error?.detail}`);
  }
  calls++;
  return data;
}

function same<T>(actual: T, expected: T): void {
  if (actual !== expected) {
    throw new Error(`After ${calls} calls: ${String(actual)} instead of ${String(expected)}`);
  }
}

const me = await answer(client.GET("/whoami"));
same(me.keyType, "private");
same(me.expiresAt, null);

const one = await answer(client.POST("/analytics", { body: { eventType: "paid", sku: "A-42", price: 19.9 } }));
same(one.success, true);
const several = await answer(
  client.POST("/analytics", { body: { sentAt: null, batch: [{ eventType: "pageView" }, { eventType: "search" }] } }),
);
same(several.accepted, 2);
const events = await answer(client.GET("/analytics/events", { params: { query: { eventType: "paid", limit: 1 } } }));
same(events.events[0]?.id, one.eventId);
same(events.events[0]?.properties["sku"], "A-42");
same(events.pageData.total, 1);

const { personId } = await answer(
  client.POST("/audience/people", { body: { emailAddress: "ada@example.com", firstName: "Ada", leadScore: 7 } }),
);
const { person } = await answer(client.GET("/audience/people/{personId}", { params: { path: { personId } } }));
same(person.firstName, "Ada");
same(person.lastName, null);
await answer(client.POST("/audience/lists", { body: { slug: "news", name: "Newsletter" } }));
const inList = { path: { slug: "news" } };
const added = await answer(
  client.POST("/audience/lists/{slug}/people", { params: inList, body: { people: [{ personId }] } }),
);
same(added.added, 1);
const listed = await answer(client.GET("/audience/lists/{slug}/people", { params: inList }));
same(listed.people[0]?.personId, personId);

const { blog } = await answer(
  client.POST("/blog", { body: { title: "Hello", markdown: "# Hello\n\n- A *first* post.", status: "PUBLISHED" } }),
);
const read = await answer(
  client.GET("/blog/{slug}", { params: { path: { slug: blog.slug }, query: { rawHtml: true } } }),
);
same(read.blog.content.content[0]?.type, "heading");
same(read.blog.rawHtml?.includes("<em>first</em>"), true);
const posts = await answer(client.GET("/blog/list", { params: { query: { statuses: ["PUBLISHED"] } } }));
same(posts.blogs.length, 1);

const path = { path: { path: "returns.md" } };
await answer(client.PUT("/memory/{path}", { params: path, body: { content: "# Returns\n\nSend it back.", tags: ["brand"] } }));
const document = await answer(client.GET("/memory/{path}", { params: path }));
same(document.title, "Returns");
const root = await answer(client.GET("/memory"));
same(root.items[0]?.type, "document");
const found = await answer(client.POST("/memory/search", { body: { query: "send" } }));
same(found.results[0]?.memoryPath, "/returns.md");

const missing = await client.GET("/audience/people/{personId}", { params: { path: { personId: "per_none" } } });
same(missing.response.status, 404);
same(missing.error?.code, "NOT_FOUND");
const invalid = await client.POST("/audience/people", { body: { emailAddress: "" } });
same(invalid.error?.issues?.[0]?.path, "emailAddress");

console.log(`${calls} calls`);
