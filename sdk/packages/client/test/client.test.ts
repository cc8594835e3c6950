// @vitest-environment jsdom
// @vitest-environment-options { "url": "https://shop.example/shoes?utm_source=mail&utm_medium=x&q=1" }
import { ApiClientError, QuotientClient } from "@quotientjs/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeFetch, HOST, KEY, OTHER_KEY, type Sent, stored } from "./support.js";

const CLIENTS = Symbol.for("quotient.clients");

let sent: Sent[];

beforeEach(() => {
  localStorage.clear();
  delete (globalThis as Record<symbol, unknown>)[CLIENTS];
  vi.useFakeTimers({ now: Date.parse("2026-01-15T10:30:00Z") });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  sent = fakeFetch(stored);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  privacyControl(undefined);
});

function privacyControl(value: boolean | undefined): void {
  Object.defineProperty(navigator, "globalPrivacyControl", { value, configurable: true });
}

const client = (options: object = {}): QuotientClient => QuotientClient.init({ apiKey: KEY, baseUrl: HOST, ...options });

describe("init", () => {
  it("returns the client at once, which is no thenable", async () => {
    const created = client();
    expect(created).toBeInstanceOf(QuotientClient);
    expect(created).not.toHaveProperty("then");
    expect(await created).toBe(created);
  });

  it("returns one client for a key and a server, and another for another key", () => {
    expect(client({ baseUrl: `${HOST}/` })).toBe(client());
    expect(client({ apiKey: OTHER_KEY })).not.toBe(client());
  });

  it("does not throw for a bad key; the first call rejects", async () => {
    for (const [apiKey, kind] of [
      [undefined, "InvalidApiKey"],
      ["YOUR_KEY", "InvalidApiKey"],
      [KEY.replace("pk_", "sk_"), "InvalidApiKeyType"],
    ] as const) {
      const broken = client({ apiKey });
      for (const call of [
        () => broken.analytics.event({ eventType: "e" }),
        () => broken.people.upsert({ emailAddress: "ada@example.com" }),
        () => broken.auth.whoami({}),
        () => broken.blog.list(),
      ]) {
        const error: unknown = await call().catch((thrown: unknown) => thrown);
        expect(ApiClientError.is(error, kind)).toBe(true);
      }
    }
    expect(sent).toEqual([]);
  });
});

describe("an event", () => {
  it("tells the page, the device, the session and the campaign", async () => {
    document.title = "Shoes";
    await client().analytics.event({ eventType: "pageView", color: "red" });
    await client().analytics.flush();
    expect(sent[0]!.url).toBe(`${HOST}/api/v0/analytics`);
    expect(sent[0]!.body.batch[0]).toMatchObject({
      eventType: "pageView",
      color: "red",
      deviceId: client().store.deviceId(),
      sessionId: client().store.sessionId(),
      browserFingerprint: client().store.browserFingerprint(),
      timestamp: Date.now(),
      timezone: expect.any(String),
      language: "en-US",
      url: "https://shop.example/shoes?utm_source=mail&utm_medium=x&q=1",
      path: "/shoes",
      title: "Shoes",
      screenWidth: 0,
      utm: { source: "mail", medium: "x" },
    });
  });

  it("keeps the members that the caller gives", async () => {
    const { messageId } = await client().analytics.event({ eventType: "e", messageId: "mine", path: "/p", title: null });
    await client().analytics.flush();
    expect(messageId).toBe("mine");
    expect(sent[0]!.body.batch[0]).toMatchObject({ messageId: "mine", path: "/p", title: null });
  });

  it("is in storage before it is sent", async () => {
    await client().analytics.event({ eventType: "e", messageId: "kept" });
    expect(JSON.stringify({ ...localStorage })).toContain("kept");
    await client().analytics.flush();
    expect(JSON.stringify({ ...localStorage })).not.toContain("kept");
  });

  it("waits for room when events come faster than they are sent, and is lost only without a network", async () => {
    const many = (count: number): Promise<unknown> =>
      Promise.all(Array.from({ length: count }, () => client().analytics.event({ eventType: "e", text: "x".repeat(500) })));
    await many(900);
    await client().analytics.flush();
    expect(sent.flatMap(({ body }) => body.batch).length).toBe(900);
    expect(localStorage.getItem("quotient.dropped")).toBeNull();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    await many(900);
    expect(JSON.parse(localStorage.getItem("quotient.dropped")!).quota).toBeGreaterThan(0);
    // This page stays in the test's window, and what it holds would be sent later.
    client().optOut();
  });

  it("above 32 KiB is not sent, and told to onError", async () => {
    const onError = vi.fn();
    await client({ onError }).analytics.event({ eventType: "e", text: "x".repeat(33_000) });
    await client().analytics.flush();
    expect(sent).toEqual([]);
    expect(onError.mock.calls[0]![0].message).toContain("32 KiB");
  });

  it("does not fail the page when onError throws", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const created = client({
      onError: () => {
        throw new Error("mine");
      },
    });
    await created.analytics.event({ eventType: "e", text: "x".repeat(33_000) });
    expect(console.error).toHaveBeenCalled();
  });
});

describe("identity", () => {
  it("keeps the device, and begins a session after 30 idle minutes", () => {
    const { store } = client();
    const [device, session] = [store.deviceId(), store.sessionId()];
    vi.setSystemTime(Date.now() + 29 * 60_000);
    expect(store.sessionId()).toBe(session);
    vi.setSystemTime(Date.now() + 30 * 60_000);
    expect(store.sessionId()).not.toBe(session);
    expect(store.deviceId()).toBe(device);
  });

  it("is plain values under quotient.* in storage, and no cookie", () => {
    const { store } = client();
    expect([store.deviceId(), store.sessionId(), store.browserFingerprint()].every((id) => typeof id === "string")).toBe(
      true,
    );
    expect(Object.keys({ ...localStorage }).every((name) => name.startsWith("quotient."))).toBe(true);
    expect(document.cookie).toBe("");
  });

  it("knows the person after an upsert, until it is cleared", async () => {
    vi.stubGlobal("fetch", async () => Response.json({ personId: "person_1", isNew: true }));
    const { people, store } = client();
    expect(store.personId()).toBeNull();
    await people.upsert({ emailAddress: "ada@example.com" });
    expect(store.personId()).toBe("person_1");
    const device = store.deviceId();
    store.clear();
    expect(store.personId()).toBeNull();
    expect(store.deviceId()).not.toBe(device);
  });
});

describe("privacy", () => {
  it("optOut deletes what waits and sends nothing, also on later pages, until optIn", async () => {
    const created = client();
    created.store.deviceId();
    await created.analytics.event({ eventType: "before" });
    created.optOut();
    await created.analytics.event({ eventType: "after" });
    delete (globalThis as Record<symbol, unknown>)[CLIENTS];
    await client().analytics.event({ eventType: "later page" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
    expect(Object.keys({ ...localStorage })).toEqual(["quotient.optOut"]);
    client().optIn();
    await client().analytics.event({ eventType: "again" });
    await client().analytics.flush();
    expect(sent[0]!.body.batch.map((event) => event.eventType)).toEqual(["again"]);
  });

  it("Global Privacy Control deletes what waits and sends nothing, whatever the page asks", async () => {
    localStorage.setItem("quotient.deviceId", "old");
    privacyControl(true);
    const created = client();
    created.optIn();
    await created.analytics.event({ eventType: "e" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("an opted-out visitor's upsert carries no ids", async () => {
    const bodies: unknown[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      bodies.push(JSON.parse(init.body as string));
      return Response.json({ personId: "person_1", isNew: true });
    });
    privacyControl(true);
    await client().people.upsert({ emailAddress: "ada@example.com" });
    expect(bodies).toEqual([{ emailAddress: "ada@example.com" }]);
    expect(localStorage.length).toBe(0);
  });
});

describe("the life of a page", () => {
  const hide = (): void => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
  };

  it("sends what waits when the page is hidden", async () => {
    await client().analytics.event({ eventType: "e" });
    hide();
    expect(sent.length).toBe(1);
    expect(sent[0]!.init.keepalive).toBe(true);
  });

  it("sends an event of a hidden page at once", async () => {
    const created = client();
    hide();
    await created.analytics.event({ eventType: "bye" });
    expect(sent.length).toBe(1);
  });

  it("goes on when it returns from the back-forward cache, with a page view where that is wished", async () => {
    const created = client({ trackReturns: true });
    await created.analytics.event({ eventType: "first" });
    window.dispatchEvent(new Event("pagehide"));
    await vi.advanceTimersByTimeAsync(10);
    const shown = new Event("pageshow");
    Object.assign(shown, { persisted: true });
    window.dispatchEvent(shown);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent.flatMap(({ body }) => body.batch.map((event) => event.eventType))).toEqual(["first", "pageView"]);
  });

  it("sends the events of an earlier page", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    await client().analytics.event({ eventType: "e", messageId: "earlier" });
    delete (globalThis as Record<symbol, unknown>)[CLIENTS];
    vi.clearAllTimers();
    localStorage.setItem("quotient.tab.gone", "0");
    const later = fakeFetch(stored);
    // Without Web Locks a tab counts as gone when its heartbeat is three minutes old.
    vi.setSystemTime(Date.now() + 4 * 60_000);
    client();
    await vi.advanceTimersByTimeAsync(5000);
    expect(later.flatMap(({ body }) => body.batch.map((event) => event.messageId))).toEqual(["earlier"]);
  });
});
