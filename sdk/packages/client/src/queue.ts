import type { Storage } from "./storage.js";

/** Limits of the queue over all tabs of a site, whose storage quota is 5 MB. */
export const MAX_EVENTS = 1000;
export const MAX_CHARACTERS = 256 * 1024;
/** Events kept for a key that the server refuses. */
export const MAX_PAUSED = 50;
/** The server remembers message ids for 48 hours; a repetition after that could be stored twice. */
export const MAYBE_SENT_MILLIS = 24 * 3_600_000;
export const UNTRIED_MILLIS = 7 * 24 * 3_600_000;

const EVENT = "q.";
const LOSSES = "dropped";
/** How long the size of the other tabs' queues is assumed to be unchanged. */
const OTHERS_MILLIS = 1000;

/** An event with the server and the key it is meant for. */
export interface QueuedEvent {
  /** The name in storage, which sorts by age within a tab. */
  readonly name: string;
  readonly host: string;
  readonly key: string;
  readonly messageId: string;
  /** The event as JSON. */
  readonly json: string;
  readonly createdAt: number;
  /** When the first attempt began, whose outcome is unknown; null while no attempt can have stored the event. */
  readonly triedAt: number | null;
}

/** Why events were lost. The counts travel with the next batch. */
export interface Losses {
  age: number;
  quota: number;
  rejected: number;
}

export const NO_LOSSES: Readonly<Losses> = { age: 0, quota: 0, rejected: 0 };

/**
 * The events of one tab that the server has not confirmed. Each is an entry of its own in storage, so adding one costs
 * the same however many wait, and a tab that is killed loses nothing. An event leaves the queue when the server
 * confirmed it, or when it is counted as lost.
 */
export class Queue {
  private events: QueuedEvent[] = [];
  private sequence = 0;
  private others = { at: -Infinity, count: 0, characters: 0 };

  constructor(
    private readonly storage: Storage,
    private readonly tab: string,
    private readonly now: () => number,
  ) {}

  /** The events, oldest first. */
  all(): readonly QueuedEvent[] {
    return this.events;
  }

  /** Whether the limits let an event in. */
  hasRoom(json: string): boolean {
    this.expire();
    const others = this.othersSize();
    return (
      this.events.length + others.count < MAX_EVENTS &&
      this.characters() + others.characters + json.length <= MAX_CHARACTERS
    );
  }

  /** Adds an event; false when the limits leave no room, which counts as a loss. */
  add(host: string, key: string, messageId: string, json: string): boolean {
    if (!this.hasRoom(json)) {
      this.lose("quota", 1);
      return false;
    }
    const name = `${EVENT}${this.tab}.${String(this.sequence++).padStart(8, "0")}`;
    const event: QueuedEvent = { name, host, key, messageId, json, createdAt: this.now(), triedAt: null };
    this.events.push(event);
    this.write(event);
    return true;
  }

  /** Records an attempt before it begins: from then on the server may have the events. */
  markTried(events: readonly QueuedEvent[]): void {
    this.update(events, (event) => (event.triedAt === null ? { ...event, triedAt: this.now() } : event));
  }

  /** Records that the server has refused an attempt: events with no other attempt are certainly not stored. */
  markRefused(events: readonly QueuedEvent[]): void {
    const untried = new Set(events.filter((event) => event.triedAt === null).map((event) => event.name));
    this.update(events, (event) => (untried.has(event.name) ? { ...event, triedAt: null } : event));
  }

  /** Removes events that the server has confirmed, or that were counted as lost. */
  remove(events: readonly QueuedEvent[]): void {
    const names = new Set(events.map((event) => event.name));
    this.events = this.events.filter((event) => !names.has(event.name));
    names.forEach((name) => this.storage.remove(name));
  }

  /** Removes events that are too old to be sent, and counts them as lost. */
  expire(): void {
    const now = this.now();
    const old = this.events.filter((event) =>
      event.triedAt === null ? now - event.createdAt > UNTRIED_MILLIS : now - event.triedAt > MAYBE_SENT_MILLIS,
    );
    if (old.length > 0) {
      this.remove(old);
      this.lose("age", old.length);
    }
  }

  /** Keeps the newest events of a key that the server refuses, and counts the others as lost. */
  trim(host: string, key: string): void {
    const refused = this.events.filter((event) => event.host === host && event.key === key);
    const excess = refused.slice(0, Math.max(0, refused.length - MAX_PAUSED));
    if (excess.length > 0) {
      this.remove(excess);
      this.lose("rejected", excess.length);
    }
  }

  /** Takes over the events of a tab that is gone. */
  adopt(tab: string): void {
    const names = this.storage.names(`${EVENT}${tab}.`).sort();
    for (const name of names) {
      const event = this.read(name);
      if (event !== null) {
        const own = { ...event, name: `${EVENT}${this.tab}.${String(this.sequence++).padStart(8, "0")}` };
        this.events.push(own);
        // Written before the old entry is removed: a tab killed in between leaves two, which the server stores once.
        this.write(own);
      }
      this.storage.remove(name);
    }
    this.others.at = -Infinity;
  }

  /** Reads the events again, because another tab may have taken them while this page was frozen. */
  reload(): void {
    this.events = this.storage
      .names(`${EVENT}${this.tab}.`)
      .sort()
      .map((name) => this.read(name))
      .filter((event) => event !== null);
  }

  /** The tabs that have events in storage, this one included. */
  tabs(): string[] {
    return [...new Set(this.storage.names(EVENT).map((name) => name.split(".")[1]!))];
  }

  /** Removes the events of all tabs, and the counts. */
  clear(): void {
    this.storage.names(EVENT).forEach((name) => this.storage.remove(name));
    this.storage.remove(LOSSES);
    this.events = [];
    this.others.at = -Infinity;
  }

  lose(reason: keyof Losses, count: number): void {
    const losses = this.losses();
    losses[reason] += count;
    this.storage.set(LOSSES, JSON.stringify(losses));
  }

  /** What was lost and not yet reported to the server. */
  losses(): Losses {
    try {
      return { ...NO_LOSSES, ...(JSON.parse(this.storage.get(LOSSES) ?? "{}") as Partial<Losses>) };
    } catch {
      return { ...NO_LOSSES };
    }
  }

  /** Subtracts what was reported to the server. */
  reported(told: Losses): void {
    const losses = this.losses();
    const rest = {
      age: Math.max(0, losses.age - told.age),
      quota: Math.max(0, losses.quota - told.quota),
      rejected: Math.max(0, losses.rejected - told.rejected),
    };
    if (rest.age + rest.quota + rest.rejected === 0) {
      this.storage.remove(LOSSES);
    } else {
      this.storage.set(LOSSES, JSON.stringify(rest));
    }
  }

  private characters(): number {
    return this.events.reduce((sum, event) => sum + event.json.length, 0);
  }

  private othersSize(): { count: number; characters: number } {
    const now = this.now();
    if (now < this.others.at || now - this.others.at > OTHERS_MILLIS) {
      const names = this.storage.names(EVENT).filter((name) => !name.startsWith(`${EVENT}${this.tab}.`));
      const characters = names.reduce((sum, name) => sum + (this.storage.get(name)?.length ?? 0), 0);
      this.others = { at: now, count: names.length, characters };
    }
    return this.others;
  }

  private update(events: readonly QueuedEvent[], change: (event: QueuedEvent) => QueuedEvent): void {
    const names = new Set(events.map((event) => event.name));
    this.events = this.events.map((event) => {
      const changed = names.has(event.name) ? change(event) : event;
      if (changed !== event) {
        this.write(changed);
      }
      return changed;
    });
  }

  private write(event: QueuedEvent): void {
    const { name, ...rest } = event;
    this.storage.set(name, JSON.stringify(rest));
  }

  private read(name: string): QueuedEvent | null {
    try {
      const stored = JSON.parse(this.storage.get(name) ?? "") as Omit<QueuedEvent, "name">;
      const valid =
        typeof stored.json === "string" && typeof stored.host === "string" && typeof stored.createdAt === "number";
      return valid ? { ...stored, name } : null;
    } catch {
      return null;
    }
  }
}
