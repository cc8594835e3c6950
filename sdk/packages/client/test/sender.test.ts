import type { ApiClientError, RejectedEvent } from "@quotientjs/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Queue } from "../src/queue.js";
import { Sender } from "../src/sender.js";
import { openStorage } from "../src/storage.js";
import { type Answer, fakeFetch, FakeWebStorage, HOST, KEY, OTHER_KEY, refusal, type Sent, stored } from "./support.js";

let queue: Queue;
let sender: Sender;
let sent: Sent[];
let answer: Answer;
let told: { error: ApiClientError; rejected: RejectedEvent[] }[];
let count: number;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-15T10:30:00Z") });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  answer = stored;
  sent = fakeFetch((one) => answer(one));
  told = [];
  count = 0;
  queue = new Queue(openStorage(new FakeWebStorage(), () => undefined), "t", Date.now);
  sender = new Sender({
    queue,
    now: Date.now,
    ingestPath: null,
    onError: (error, rejected) => told.push({ error, rejected }),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function add(events: number, options: { key?: string; bytes?: number } = {}): void {
  for (let i = 0; i < events; i++) {
    const messageId = `m${count++}`;
    const padding = "x".repeat(options.bytes ?? 0);
    queue.add(HOST, options.key ?? KEY, messageId, JSON.stringify({ eventType: "e", messageId, padding }));
  }
  sender.wake();
}

const pass = (millis: number): Promise<unknown> => vi.advanceTimersByTimeAsync(millis);
const sizes = (): number[] => sent.map(({ body }) => body.batch.length);

describe("batches", () => {
  it("wait for three seconds", async () => {
    add(2);
    await pass(2999);
    expect(sizes()).toEqual([]);
    await pass(1);
    expect(sizes()).toEqual([2]);
    expect(queue.all()).toEqual([]);
  });

  it("leave at once with twenty events", async () => {
    add(19);
    await pass(10);
    expect(sizes()).toEqual([]);
    add(1);
    await pass(10);
    expect(sizes()).toEqual([20]);
  });

  it("are cut at 500 events", async () => {
    queue = fill(700, 0);
    await sender.flush();
    expect(sizes()).toEqual([500, 200]);
  });

  it("are cut at 400 KiB, measured in bytes of UTF-8", async () => {
    queue = fill(40, 6000, "ü");
    await sender.flush();
    for (const { init } of sent) {
      expect(new TextEncoder().encode(init.body as string).length).toBeLessThanOrEqual(400 * 1024);
    }
    expect(sizes().reduce((sum, size) => sum + size)).toBe(40);
    expect(sent.length).toBe(2);
  });

  it("hold the events of one key, and state the time at which they are sent", async () => {
    add(2);
    add(1, { key: OTHER_KEY });
    await sender.flush();
    expect(sizes()).toEqual([2, 1]);
    expect(new Headers(sent[1]!.init.headers).get("Authorization")).toBe(`Bearer ${OTHER_KEY}`);
    expect(sent[0]!.body.sentAt).toBe(Date.now());
  });

  function fill(events: number, characters: number, letter = "x"): Queue {
    for (let i = 0; i < events; i++) {
      const messageId = `f${i}`;
      queue.add(HOST, KEY, messageId, JSON.stringify({ messageId, padding: letter.repeat(characters) }));
    }
    expect(queue.all().length).toBe(events);
    return queue;
  }
});

describe("retries", () => {
  it.each([429, 500, 502, 503, 504])("follow a %d after 3 s, doubling", async (status) => {
    answer = () => refusal(status);
    add(20);
    await pass(10);
    expect(sent.length).toBe(1);
    for (const delay of [3000, 6000, 12_000]) {
      const before = sent.length;
      await pass(delay - 200);
      expect(sent.length).toBe(before);
      await pass(200);
      expect(sent.length).toBe(before + 1);
    }
    answer = stored;
    await pass(24_000);
    expect(queue.all()).toEqual([]);
    expect(told).toEqual([]);
  });

  it("wait at most 30 minutes, and half as long again for jitter", async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    answer = () => refusal(503);
    add(20);
    await pass(12 * 3_600_000);
    const before = sent.length;
    await pass(45 * 60_000);
    expect(sent.length).toBe(before + 1);
  });

  it("obey Retry-After", async () => {
    answer = () => refusal(429, "Slow down.", { "Retry-After": "7" });
    add(20);
    await pass(10);
    answer = stored;
    await pass(6900);
    expect(sent.length).toBe(1);
    await pass(100);
    expect(sent.length).toBe(2);
  });

  it("follow a lost network with the same message ids, at once when it is back", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    add(20);
    await pass(60_000);
    const before = sent.length;
    answer = stored;
    sender.retryNow();
    await pass(10);
    expect(sent.length).toBe(before + 1);
    expect(sent.at(-1)!.body.batch).toEqual(sent[0]!.body.batch);
    expect(queue.all()).toEqual([]);
  });

  it("follow an answer that is no JSON, as of a hotel's portal", async () => {
    answer = () => new Response("<html>Log in</html>");
    add(20);
    await pass(10);
    answer = stored;
    await pass(3000);
    expect(queue.all()).toEqual([]);
  });

  it("follow an answer that does not come within 30 seconds", async () => {
    answer = ({ init }) =>
      new Promise((_, reject) => init.signal!.addEventListener("abort", () => reject(init.signal!.reason)));
    add(20);
    await pass(30_000);
    answer = stored;
    await pass(3000);
    expect(sent.length).toBe(2);
    expect(queue.all()).toEqual([]);
  });
});

describe("refusals", () => {
  it("of 413 halve the batch until it fits", async () => {
    answer = (one) => (one.body.batch.length > 5 ? refusal(413) : stored(one));
    add(20);
    await pass(10);
    expect(sizes().slice(0, 3)).toEqual([20, 10, 5]);
    expect(queue.all()).toEqual([]);
    expect(queue.losses().rejected).toBe(0);
  });

  it("of single events are dropped, counted and told with their index", async () => {
    const rejected = [{ index: 1, detail: "eventType is missing." }];
    answer = (one) => stored(one, rejected);
    add(3);
    await sender.flush();
    expect(queue.all()).toEqual([]);
    expect(queue.losses()).toEqual({ age: 0, quota: 0, rejected: 1 });
    expect(told[0]!.rejected).toEqual(rejected);
    expect(told[0]!.error.message).toContain("eventType is missing.");
  });

  it("of a whole batch with 400 are dropped and counted", async () => {
    answer = () => refusal(400, "The body is not an event.");
    add(3);
    await sender.flush();
    expect(queue.all()).toEqual([]);
    expect(queue.losses().rejected).toBe(3);
  });

  it.each([401, 403])("of the key with %d keep the newest events for the next page, and say one sentence", async (status) => {
    answer = () => refusal(status, "The origin https://shop.example is not allowed.");
    add(60);
    await pass(10);
    add(60);
    await pass(60_000);
    expect(sent.length).toBe(1);
    expect(vi.mocked(console.warn).mock.calls).toEqual([["Quotient: The origin https://shop.example is not allowed."]]);
    expect(told.length).toBe(1);
    expect(sender.isPaused(HOST, KEY)).toBe(true);
    queue.trim(HOST, KEY);
    expect(queue.all().length).toBe(50);
    expect(queue.losses().rejected).toBe(70);
    // The next page tries again.
    answer = stored;
    await new Sender({ queue, now: Date.now, ingestPath: null, onError: () => undefined }).flush();
    expect(queue.all()).toEqual([]);
  });

  it("of one key do not hold back another key", async () => {
    answer = (one) =>
      new Headers(one.init.headers).get("Authorization") === `Bearer ${KEY}` ? refusal(401) : stored(one);
    add(2);
    add(2, { key: OTHER_KEY });
    await sender.flush();
    expect(queue.all().map((event) => event.key)).toEqual([KEY, KEY]);
  });
});

describe("losses", () => {
  it("travel behind the next batch, and are forgotten when it has arrived", async () => {
    queue.lose("age", 2);
    add(1);
    await sender.flush();
    expect(sent[0]!.body.dropped).toEqual({ age: 2, quota: 0, rejected: 0 });
    expect(sent[0]!.init.body).toMatch(/\],"dropped":\{[^}]*\}\}$/);
    add(1);
    await sender.flush();
    expect(sent[1]!.body.dropped).toBeUndefined();
  });

  it("travel again when their batch did not arrive", async () => {
    queue.lose("quota", 3);
    answer = () => refusal(503);
    add(20);
    await pass(10);
    answer = stored;
    await pass(3000);
    expect(sent[1]!.body.dropped).toEqual({ age: 0, quota: 3, rejected: 0 });
    expect(queue.losses().quota).toBe(0);
  });

  it("travel with one of the batches that leave together", () => {
    queue.lose("quota", 3);
    answer = () => new Promise(() => undefined);
    add(10, { bytes: 10_000 });
    sender.leave();
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter(({ body }) => body.dropped !== undefined).length).toBe(1);
  });
});

describe("a page that goes away", () => {
  it("sends with keepalive and without a preflight", async () => {
    add(3);
    sender.leave();
    expect(sent.length).toBe(1);
    expect(sent[0]!.init).toMatchObject({ keepalive: true, headers: { "Content-Type": "text/plain" } });
    expect(sent[0]!.body.apiKey).toBe(KEY);
    await pass(10);
    expect(queue.all()).toEqual([]);
  });

  it("has at most 60 KiB under way, and leaves the rest to the next page", async () => {
    answer = () => new Promise(() => undefined);
    add(12, { bytes: 10_000 });
    sender.leave();
    sender.leave();
    const bytes = sent.map(({ init }) => new TextEncoder().encode(init.body as string).length);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(60 * 1024);
    expect(queue.all().filter((event) => event.triedAt === null).length).toBe(12 - sizes().reduce((a, b) => a + b));
  });

  it("sends in halves, then without keepalive, what the browser refuses", async () => {
    answer = (one) => (one.init.keepalive === true ? Promise.reject(new TypeError("quota")) : stored(one));
    add(4);
    sender.leave();
    await pass(10);
    expect(sent.map(({ init, body }) => [body.batch.length, init.keepalive === true])).toEqual([
      [4, true],
      [2, true],
      [2, true],
      [2, false],
      [2, false],
    ]);
    expect(queue.all()).toEqual([]);
  });

  it("goes back to usual requests when it stays", async () => {
    answer = () => refusal(503);
    add(3);
    sender.leave();
    answer = stored;
    await pass(3000);
    expect(sent.at(-1)!.init.keepalive).toBeUndefined();
    expect(queue.all()).toEqual([]);
  });
});

it("sends to a first-party path where one is set", async () => {
  sender = new Sender({ queue, now: Date.now, ingestPath: "/e", onError: () => undefined });
  add(1);
  await sender.flush();
  expect(sent[0]!.url).toBe(`${HOST}/e`);
});
