import { randomUUID } from "node:crypto";
import { ApiClientError, QuotientServer } from "@quotientjs/server";
import { describe, expect, inject, it } from "vitest";

const { url, publicKey, privateKey, flowId } = inject("server");
const q = new QuotientServer({ privateKey, baseUrl: url });
const name = (): string => `n-${randomUUID().slice(0, 8)}`;

async function failure(call: Promise<unknown>): Promise<ApiClientError> {
  const error: unknown = await call.then(() => undefined, (thrown: unknown) => thrown);
  expect(ApiClientError.is(error)).toBe(true);
  return error as ApiClientError;
}

async function apiFailure(call: Promise<unknown>): Promise<{ status: number | undefined; code: unknown }> {
  const error = await failure(call);
  expect(error.kind).toBe("ApiError");
  const { code, detail } = error.data as { code: string; detail: string };
  expect(error.message).toBe(detail);
  return { status: error.status, code };
}

/** A call that is not in the SDK, as an administrator's program makes it. */
async function http(method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}/api/v0${path}`, {
    method,
    headers: { Authorization: `Bearer ${privateKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
}

describe("every method of QuotientServer, against the server", () => {
  it("auth.whoami", async () => {
    const me = await q.auth.whoami({});
    expect(me).toMatchObject({ keyType: "private", scopes: ["ALL"], expiresAt: null });
    expect(me.origin).toBeUndefined();
  });

  it("analytics.event, events, list, listAll, series", async () => {
    const eventType = name();
    const messageId = randomUUID();
    const first = await q.analytics.event({ eventType, messageId, color: "red", note: undefined });
    expect(first.eventId).toMatch(/^evt_/);
    expect((await q.analytics.event({ eventType, messageId })).duplicate).toBe(true);
    const several = await q.analytics.events([{ eventType }, { eventType }, { eventType: "" }]);
    expect(several).toMatchObject({ accepted: 2, rejected: [{ index: 2 }] });
    const { events, pageData } = await q.analytics.list({ eventType, limit: 1 });
    expect(pageData).toEqual({ page: 1, limit: 1, total: 3, isNextPageAvailable: true });
    expect(events.length).toBe(1);
    const all = [];
    for await (const event of q.analytics.listAll({ eventType })) {
      all.push(event);
    }
    expect(all.find((event) => event.messageId === messageId)!.properties).toEqual({ color: "red" });
    const series = await q.analytics.series({ eventType, interval: "day", groupBy: "eventType" });
    expect(series.total).toBe(3);
  });

  it("audience.people and people", async () => {
    const emailAddress = `${name()}@example.com`;
    const { personId } = await q.people.upsert({ emailAddress, firstName: "Ada", lastName: undefined });
    expect(await q.audience.people.upsert({ emailAddress })).toEqual({ personId });
    expect((await q.people.get({ personId })).person).toMatchObject({ emailAddress, firstName: "Ada", lists: [] });
    expect((await q.people.list({ search: emailAddress })).people.map((person) => person.id)).toEqual([personId]);
    for await (const person of q.people.listAll({ search: emailAddress })) {
      expect(person.id).toBe(personId);
    }
    expect(await q.people.erase({ personId })).toEqual({ success: true });
    expect(await apiFailure(q.people.get({ personId }))).toEqual({ status: 404, code: "NOT_FOUND" });
  });

  it("audience.companies.upsert", async () => {
    const { companyId } = await q.audience.companies.upsert({ domain: `${name()}.example`, industries: ["tools"] });
    expect(companyId).toMatch(/^co/);
  });

  it("audience.lists", async () => {
    const { lists } = q.audience;
    const made = await lists.upsert({ name: `List ${name()}` });
    const { slug } = made;
    expect((await lists.get({ slug })).list).toMatchObject({ id: made.listId, peopleCount: 0, description: null });
    const emailAddress = `${name()}@example.com`;
    expect(await lists.addPeople({ listSlug: slug, people: [{ emailAddress, firstName: "Ada" }] })).toEqual({
      added: 1,
      listSlug: slug,
      listId: made.listId,
    });
    const { people } = await lists.listPeople({ listSlug: slug, limit: 5 });
    expect(people).toMatchObject([{ emailAddress, firstName: "Ada", lastName: null }]);
    for await (const person of lists.listAllPeople({ listSlug: slug })) {
      expect(person.emailAddress).toBe(emailAddress);
    }
    const removed = await lists.removePeople({ listSlug: slug, people: [{ personId: people[0]!.personId }] });
    expect(removed.removed).toBe(1);
    expect((await lists.list({ search: slug })).lists.map((list) => list.slug)).toContain(slug);
    const slugs: string[] = [];
    for await (const list of lists.listAll()) {
      slugs.push(list.slug);
    }
    expect(slugs).toContain(slug);
    expect(await lists.delete({ slug })).toEqual({ success: true });
  });

  it("blog", async () => {
    const slug = name();
    await http("POST", "/blog", { title: "A post", slug, markdown: "# Head\n\nText **bold**.", status: "PUBLISHED" });
    const { blog } = await q.blog.get({ slug, rawHtml: true });
    expect(blog.rawHtml).toContain("<strong>bold</strong>");
    expect(blog.content.content[0]).toMatchObject({ type: "heading", attrs: { level: 1 } });
    expect((await q.blog.get({ slug })).blog.rawHtml).toBeUndefined();
    expect((await q.blog.list({ statuses: ["PUBLISHED", "DRAFT"], limit: 100 })).blogs.map((post) => post.slug)).toContain(
      slug,
    );
    const slugs: string[] = [];
    for await (const post of q.blog.listAll()) {
      slugs.push(post.slug);
    }
    expect(slugs).toContain(slug);
    expect((await q.blog.listAuthors()).pageData.page).toBe(1);
    expect(Array.isArray((await q.blog.listTags()).tags)).toBe(true);
  });

  it("flow.trigger", async () => {
    const { personId } = await q.people.upsert({ emailAddress: `${name()}@example.com` });
    expect(await q.flow.trigger({ flowId, personId })).toEqual({ success: true });
    expect(await apiFailure(q.flow.trigger({ flowId: "flow_unknown/../x", personId }))).toEqual({
      status: 404,
      code: "NOT_FOUND",
    });
  });

  it("memory", async () => {
    const folder = `/${name()} ü`;
    const path = `${folder}/50% of #1?.md`;
    expect((await q.memory.mkdir({ path: folder })).path).toBe(`${folder}/`);
    const written = await q.memory.write({ path, content: "# Tone\n\nWe write calmly and clearly.", tags: ["tone"] });
    expect(written).toMatchObject({ path, tags: ["tone"], pinned: false });
    expect((await q.memory.cat({ path })).content).toContain("calmly");
    expect((await q.memory.ls({ path: folder })).items.map((item) => item.path)).toEqual([path]);
    expect((await q.memory.ls({ path: "/", deep: true })).items.find((item) => item.path === `${folder}/`)!.children).toHaveLength(1);
    const { results } = await q.memory.search({ query: "calmly", tags: ["tone"] });
    expect(results.map((result) => result.memoryPath)).toContain(path);
    expect(await q.memory.rm({ path: folder })).toEqual({ success: true });
    expect((await apiFailure(q.memory.cat({ path }))).status).toBe(404);
  });
});

describe("errors of the server", () => {
  it("carry the whole problem", async () => {
    const error = await failure(q.people.upsert({ emailAddress: "nobody" }));
    expect(error.data).toMatchObject({ code: "INVALID_REQUEST", status: 400, issues: [{ path: "emailAddress" }] });
  });

  it("tell an unknown key, and a server that is not there", async () => {
    const unknown = new QuotientServer({ privateKey: privateKey.slice(0, -8) + "AAAAAAAA", baseUrl: url });
    expect(await apiFailure(unknown.auth.whoami({}))).toEqual({ status: 401, code: "UNAUTHORIZED" });
    const nowhere = new QuotientServer({ privateKey, baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
    expect((await failure(nowhere.auth.whoami({}))).kind).toBe("NetworkError");
    const wrongTier = new QuotientServer({ privateKey: publicKey, baseUrl: url });
    expect((await failure(wrongTier.auth.whoami({}))).kind).toBe("InvalidApiKeyType");
  });

  it("an aborted call rejects with the caller's reason", async () => {
    const reason = new Error("I changed my mind.");
    await expect(q.auth.whoami({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
