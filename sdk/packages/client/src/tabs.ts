import type { Queue } from "./queue.js";
import type { Storage } from "./storage.js";

const TAB = "tab.";
const LOCK = "quotient.tab.";
const CLAIM_LOCK = "quotient.claim";
const CHECK_MILLIS = 60_000;
const BEAT_MILLIS = 20_000;
/** Browsers run timers of hidden tabs once a minute; a tab that was silent for longer than this is gone. */
const DEAD_MILLIS = 3 * 60_000;

/**
 * Takes over the events of tabs that are gone. A living tab holds a Web Lock. On http pages there are no locks; there
 * each tab writes the time as a heartbeat, and two tabs may take the same events, which the server stores once.
 */
export class Tabs {
  private release: (() => void) | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];

  constructor(
    private readonly queue: Queue,
    private readonly storage: Storage,
    private readonly tab: string,
    private readonly now: () => number,
    private readonly locks: LockManager | null,
    private readonly onAdopted: () => void,
  ) {}

  /** Shows that this tab lives, and looks for tabs that do not. */
  enter(): void {
    this.leave();
    this.timers = [setInterval(() => void this.adopt(), CHECK_MILLIS)];
    if (this.locks === null) {
      this.beat();
      this.timers.push(setInterval(() => this.beat(), BEAT_MILLIS));
    } else {
      void this.locks
        .request(LOCK + this.tab, () => new Promise<void>((resolve) => (this.release = resolve)))
        .catch(() => undefined);
    }
    void this.adopt();
  }

  /** The page goes away, or is frozen: a held lock would keep it out of the back-forward cache. */
  leave(): void {
    this.timers.forEach(clearInterval);
    this.timers = [];
    this.release?.();
    this.release = null;
    this.storage.remove(TAB + this.tab);
  }

  private beat(): void {
    this.storage.set(TAB + this.tab, String(this.now()));
  }

  private async adopt(): Promise<void> {
    try {
      if (this.locks === null) {
        this.adoptAllBut(new Set(this.living()));
      } else {
        const { locks } = this;
        await locks.request(CLAIM_LOCK, { ifAvailable: true }, async (claim) => {
          if (claim !== null) {
            const { held = [], pending = [] } = await locks.query();
            this.adoptAllBut(new Set([...held, ...pending].map((lock) => (lock.name ?? "").slice(LOCK.length))));
          }
        });
      }
    } catch {
      // The page is going away, or may use no locks; another page takes the events over.
    }
  }

  private adoptAllBut(living: Set<string>): void {
    const gone = this.queue.tabs().filter((tab) => tab !== this.tab && !living.has(tab));
    gone.forEach((tab) => this.queue.adopt(tab));
    if (gone.length > 0) {
      this.onAdopted();
    }
  }

  private living(): string[] {
    return this.storage
      .names(TAB)
      .filter((name) => {
        const alive = Math.abs(this.now() - Number(this.storage.get(name))) < DEAD_MILLIS;
        if (!alive) {
          this.storage.remove(name);
        }
        return alive;
      })
      .map((name) => name.slice(TAB.length));
  }
}
