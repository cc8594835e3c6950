import { inspect } from "node:util";
import { ApiClientError, apiUrl, createApi, keyFault, retryAfterSeconds, uuid } from "@quotientjs/core";
import { describe, expect, it, vi } from "vitest";

const PK = "pk_test_1234567890abcdef";
const SK = "sk_test_1234567890abcdef";

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function api(fetch: typeof globalThis.fetch, options: { timeoutMillis?: number; maxRetries?: number } = {}) {
  return createApi({ key: SK, tier: "private", baseUrl: "https://api.example/", fetch, ...options });
}

describe("keys", () => {
  it.each([undefined, null, "", "x", "pk_short", `${PK} `, `pk_${"a".repeat(41)}`, 7])("refuses %j as malformed", (key) => {
    expect(ApiClientError.is(keyFault(key, "public"), "InvalidApiKey")).toBe(true);
  });

  it("refuses a key of the other tier", () => {
    expect(ApiClientError.is(keyFault(SK, "public"), "InvalidApiKeyType")).toBe(true);
    expect(ApiClientError.is(keyFault(PK, "private"), "InvalidApiKeyType")).toBe(true);
    expect(keyFault(PK, "public")).toBeNull();
    expect(keyFault(SK, "private")).toBeNull();
  });

  it("rejects the first call and sends nothing when the key is malformed", async () => {
    const fetch = vi.fn();
    const bad = createApi({ key: "placeholder", tier: "private", baseUrl: "https://api.example", fetch });
    await expect(bad.call({ method: "GET", path: "/whoami" })).rejects.toMatchObject({ kind: "InvalidApiKey" });
    expect(fetch).not.toHaveBeenCalled();
  });

  it("never shows in the object or in an error", async () => {
    const failing = api(() => Promise.reject(new TypeError("failed")), { maxRetries: 0 });
    const error = await failing.call({ method: "GET", path: "/whoami" }).catch((thrown: unknown) => thrown);
    for (const shown of [inspect(failing, { depth: 9, showHidden: true }), inspect(error), JSON.stringify(error)]) {
      expect(shown).not.toContain(SK);
    }
  });
});

describe("errors", () => {
  it("carry the problem's status, detail and body", async () => {
    const problem = { status: 403, code: "SCOPE_MISMATCH", detail: "The key lacks a scope.", requiredScopes: ["ALL"] };
    const call = api(async () => answer(403, problem)).call({ method: "GET", path: "/whoami" });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(ApiClientError.is(error, "ApiError") && error.status).toBe(403);
    expect(error).toMatchObject({ message: "The key lacks a scope.", data: problem });
    expect(error).toBeInstanceOf(Error);
  });

  it("are recognised across copies of the package", async () => {
    const { createRequire } = await import("node:module");
    const copy = createRequire(import.meta.url)("@quotientjs/core") as typeof import("@quotientjs/core");
    expect(copy.ApiClientError).not.toBe(ApiClientError);
    expect(ApiClientError.is(new copy.ApiClientError("NetworkError", "x"), "NetworkError")).toBe(true);
    expect(ApiClientError.is(new Error("x"))).toBe(false);
    expect(ApiClientError.is(null)).toBe(false);
  });

  it("are NetworkError for an unreachable server, a slow one, and an answer that is no JSON", async () => {
    const slow = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    for (const fetch of [() => Promise.reject(new TypeError("x")), slow, async () => new Response("<html>")]) {
      await expect(
        api(fetch as typeof globalThis.fetch, { timeoutMillis: 20, maxRetries: 0 }).call({ method: "GET", path: "/" }),
      ).rejects.toMatchObject({ kind: "NetworkError" });
    }
  });

  it("are the reason of an aborted signal", async () => {
    const reason = new Error("enough");
    const call = api(async () => answer(200, {})).call({ method: "GET", path: "/", signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

describe("retries", () => {
  it.each([429, 502, 503, 504])("repeats a GET after %d and honours Retry-After", async (status) => {
    const fetch = vi.fn<typeof globalThis.fetch>();
    fetch.mockResolvedValueOnce(answer(status, {}, { "Retry-After": "0" })).mockResolvedValueOnce(answer(200, { a: 1 }));
    await expect(api(fetch).call({ method: "GET", path: "/" })).resolves.toEqual({ a: 1 });
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each([400, 401, 403, 404, 500])("does not repeat after %d", async (status) => {
    const fetch = vi.fn(async () => answer(status, {}));
    await expect(api(fetch).call({ method: "GET", path: "/" })).rejects.toMatchObject({ status });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("does not repeat a POST that could be done twice", async () => {
    const fetch = vi.fn(async () => answer(503, {}, { "Retry-After": "0" }));
    await expect(api(fetch).call({ method: "POST", path: "/", body: {} })).rejects.toMatchObject({ status: 503 });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("sends one Idempotency-Key with every attempt", async () => {
    const seen: (string | null)[] = [];
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      seen.push(new Headers(init?.headers).get("Idempotency-Key"));
      return seen.length < 3 ? answer(503, {}, { "Retry-After": "0" }) : answer(200, {});
    };
    await api(fetch).call({ method: "POST", path: "/", body: {}, idempotencyKey: "once" });
    expect(seen).toEqual(["once", "once", "once"]);
  });

  it("ends the wait for the next attempt when the signal is aborted", async () => {
    const controller = new AbortController();
    const fetch = vi.fn(async () => answer(503, {}, { "Retry-After": "30" }));
    const call = api(fetch).call({ method: "GET", path: "/", signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(call).rejects.toThrow("enough");
  });
});

describe("requests", () => {
  it("leave out what is undefined", async () => {
    let sent: RequestInit | undefined;
    let url = "";
    const fetch: typeof globalThis.fetch = async (to, init) => {
      url = String(to);
      sent = init;
      return answer(200, {});
    };
    await api(fetch).call({ method: "POST", path: "/x", query: { a: undefined, b: null, c: ["1", "2"] }, body: { d: undefined, e: null } });
    expect(url).toBe("https://api.example/api/v0/x?c=1&c=2");
    expect(sent?.body).toBe('{"e":null}');
  });

  it("drop the trailing slash of the base URL", () => {
    expect(apiUrl("https://a.example/", "/whoami")).toBe("https://a.example/api/v0/whoami");
  });

  it.each([
    ["5", 5],
    ["Thu, 01 Jan 1970 00:00:10 GMT", 10],
    ["", undefined],
    ["soon", undefined],
    [null, undefined],
  ])("read Retry-After %j", (header, seconds) => {
    expect(retryAfterSeconds(header, 0)).toBe(seconds);
  });

  it("have ids without crypto.randomUUID, as on http pages", () => {
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
    expect(uuid()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
    vi.stubGlobal("crypto", undefined);
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    vi.unstubAllGlobals();
    expect(uuid()).not.toBe(uuid());
  });
});
