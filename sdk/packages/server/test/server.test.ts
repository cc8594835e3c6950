import { inspect } from "node:util";
import { ApiClientError, QuotientServer } from "@quotientjs/server";
import { afterEach, describe, expect, it, vi } from "vitest";

const SK = "sk_test_1234567890abcdef";

afterEach(() => vi.unstubAllGlobals());

function server(fetch: typeof globalThis.fetch, options: object = {}): QuotientServer {
  return new QuotientServer({ privateKey: SK, baseUrl: "https://api.example", fetch, ...options });
}

describe("the server SDK", () => {
  it("does not throw for a bad key; the first call rejects", async () => {
    for (const [privateKey, kind] of [
      ["placeholder", "InvalidApiKey"],
      [SK.replace("sk_", "pk_"), "InvalidApiKeyType"],
    ] as const) {
      const fetch = vi.fn();
      const error: unknown = await server(fetch, { privateKey }).auth.whoami({}).catch((thrown: unknown) => thrown);
      expect(ApiClientError.is(error, kind)).toBe(true);
      expect(fetch).not.toHaveBeenCalled();
    }
  });

  it("refuses to be made in a browser", () => {
    vi.stubGlobal("window", { document: {} });
    expect(() => server(vi.fn())).toThrow("must not be used in a browser");
  });

  it("does not show its key when it is inspected", () => {
    const shown = inspect(server(vi.fn()), { depth: 9, showHidden: true }) + JSON.stringify(server(vi.fn()));
    expect(shown).not.toContain(SK);
  });

  it("sends one Idempotency-Key, or one messageId, over all attempts", async () => {
    const requests: RequestInit[] = [];
    let fail = true;
    const q = server(async (_url, init) => {
      requests.push(init!);
      fail = !fail;
      return fail ? Response.json({ personId: "p", isNew: true }) : Response.json({}, { status: 503, headers: { "Retry-After": "0" } });
    });
    await q.people.upsert({ emailAddress: "ada@example.com" });
    await q.analytics.event({ eventType: "e" });
    const keys = requests.slice(0, 2).map((init) => new Headers(init.headers).get("Idempotency-Key"));
    expect(keys[0]).not.toBeNull();
    expect(keys[1]).toBe(keys[0]);
    expect(requests[3]!.body).toBe(requests[2]!.body);
    expect(JSON.parse(requests[2]!.body as string).messageId).toBeTypeOf("string");
  });

  it("reads pages while they are iterated, and no page too many", async () => {
    const pages: string[] = [];
    const q = server(async (url) => {
      const page = Number(new URL(String(url)).searchParams.get("page"));
      pages.push(`${page}`);
      const people = page === 3 ? [] : [{ id: `p${page}a` }, { id: `p${page}b` }];
      return Response.json({ people, pageData: { page, limit: 100, total: 4, isNextPageAvailable: page < 2 } });
    });
    const ids: string[] = [];
    for await (const person of q.audience.people.listAll()) {
      ids.push(person.id);
    }
    expect(ids).toEqual(["p1a", "p1b", "p2a", "p2b"]);
    expect(pages).toEqual(["1", "2"]);
    for await (const person of q.audience.people.listAll({ limit: 2 })) {
      expect(person.id).toBe("p1a");
      break;
    }
    expect(pages).toEqual(["1", "2", "1"]);
  });
});
