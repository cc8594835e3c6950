import { describe, expect, it } from "vitest";
import { MAX_CHARACTERS, MAX_EVENTS, Queue } from "../src/queue.js";
import { openStorage } from "../src/storage.js";
import { FakeWebStorage, HOST, KEY } from "./support.js";

const HOUR = 3_600_000;

describe("the queue", () => {
  const web = (): FakeWebStorage => new FakeWebStorage();
  const open = (storage: FakeWebStorage, tab: string, now = () => 0): Queue =>
    new Queue(openStorage(storage, () => undefined), tab, now);

  it("holds at most 1,000 events over all tabs, and counts the others as lost", () => {
    const storage = web();
    const first = open(storage, "a");
    for (let i = 0; i < 600; i++) {
      expect(first.add(HOST, KEY, `a${i}`, "{}")).toBe(true);
    }
    const second = open(storage, "b");
    const added = Array.from({ length: 600 }, (_, i) => second.add(HOST, KEY, `b${i}`, "{}")).filter(Boolean);
    expect(added.length).toBe(MAX_EVENTS - 600);
    expect(second.losses().quota).toBe(200);
  });

  it("holds at most 256 KiB", () => {
    const queue = open(web(), "a");
    const json = JSON.stringify({ padding: "x".repeat(30_000) });
    while (queue.add(HOST, KEY, "m", json)) {
      // Until it is full.
    }
    const characters = queue.all().reduce((sum, event) => sum + event.json.length, 0);
    expect(characters).toBeLessThanOrEqual(MAX_CHARACTERS);
    expect(characters).toBeGreaterThan(MAX_CHARACTERS - json.length);
    expect(queue.losses().quota).toBe(1);
  });

  it("keeps an untried event for 7 days, and one that may have been stored for 24 hours", () => {
    let time = 0;
    const queue = open(web(), "a", () => time);
    queue.add(HOST, KEY, "tried", "{}");
    queue.add(HOST, KEY, "untried", "{}");
    queue.markTried(queue.all().slice(0, 1));
    time = 24 * HOUR;
    queue.expire();
    expect(queue.all().length).toBe(2);
    time += 1;
    queue.expire();
    expect(queue.all().map((event) => event.messageId)).toEqual(["untried"]);
    time = 7 * 24 * HOUR + 1;
    queue.expire();
    expect(queue.all()).toEqual([]);
    expect(queue.losses().age).toBe(2);
  });

  it("counts the 24 hours from the first attempt", () => {
    let time = 0;
    const queue = open(web(), "a", () => time);
    queue.add(HOST, KEY, "m", "{}");
    queue.markTried(queue.all());
    time = 20 * HOUR;
    queue.markTried(queue.all());
    time = 25 * HOUR;
    queue.expire();
    expect(queue.all()).toEqual([]);
  });

  it("survives its tab, in order", () => {
    const storage = web();
    const gone = open(storage, "a");
    for (let i = 0; i < 12; i++) {
      gone.add(HOST, KEY, `m${i}`, "{}");
    }
    gone.markTried(gone.all().slice(0, 1));
    const heir = open(storage, "b");
    heir.adopt("a");
    expect(heir.all().map((event) => event.messageId)).toEqual(gone.all().map((event) => event.messageId));
    expect(heir.all()[0]!.triedAt).not.toBeNull();
    expect([...storage.entries.keys()].every((name) => name.startsWith("quotient.q.b."))).toBe(true);
  });

  it("ignores what something else wrote into its entries", () => {
    const storage = web();
    storage.setItem("quotient.q.a.00000000", "not JSON");
    storage.setItem("quotient.q.a.00000001", '{"json":7}');
    storage.setItem("quotient.dropped", "null,");
    const heir = open(storage, "b");
    heir.adopt("a");
    expect(heir.all()).toEqual([]);
    expect(heir.losses()).toEqual({ age: 0, quota: 0, rejected: 0 });
  });
});

describe("storage", () => {
  it("falls back to memory when it is full, and says so once", () => {
    const full = new FakeWebStorage();
    full.capacity = 30;
    let reports = 0;
    const storage = openStorage(full, () => reports++);
    expect(storage.set("a", "x".repeat(100))).toBe(false);
    expect(storage.set("b", "x".repeat(100))).toBe(false);
    expect(storage.get("a")).toBe("x".repeat(100));
    expect(storage.names("")).toEqual(["a", "b"]);
    expect(reports).toBe(1);
    expect(storage.set("a", "y")).toBe(true);
    expect(storage.get("a")).toBe("y");
  });

  it("falls back to memory when every access throws", () => {
    const denied = (): never => {
      throw new DOMException("denied", "SecurityError");
    };
    const storage = openStorage(
      { getItem: denied, setItem: denied, removeItem: denied, key: denied, length: 1 },
      () => undefined,
    );
    storage.set("a", "1");
    expect(storage.get("a")).toBe("1");
    expect(storage.names("a")).toEqual(["a"]);
    storage.remove("a");
    expect(storage.get("a")).toBeNull();
  });
});
