import { ApiClientError, apiUrl, problem, type RejectedEvent, type TrackResponse } from "@quotientjs/core";
import { type Losses, NO_LOSSES, type Queue, type QueuedEvent } from "./queue.js";

const MAX_DELAY_MILLIS = 3000;
const MAX_WAITING = 20;
const MAX_BATCH_EVENTS = 500;
const MAX_BATCH_BYTES = 400 * 1024;
/** The browser's limit for requests that outlive the page is 64 KiB over all of them; some is left for the site. */
const KEEPALIVE_BYTES = 60 * 1024;
const FIRST_RETRY_MILLIS = 3000;
const MAX_RETRY_MILLIS = 30 * 60_000;
const TIMEOUT_MILLIS = 30_000;
/** These statuses come from a server or proxy that may recover. */
const RETRIED_STATUS = [408, 425, 429];

const PATH = "/analytics";
const encoder = new TextEncoder();

export interface SenderOptions {
  readonly queue: Queue;
  readonly now: () => number;
  /** The path of a first-party alias instead of the API's path; null without one. */
  readonly ingestPath: string | null;
  readonly onError: (error: ApiClientError, rejected: RejectedEvent[]) => void;
}

/**
 * Sends the events of a queue in batches, one at a time, until each is confirmed or counted as lost.
 *
 * Outcomes of an attempt:
 * - 200: stored, except for those that the server rejects one by one.
 * - 400: none was acceptable; all are rejected.
 * - 401, 403 and other 4xx: the key or the address is wrong; its events wait for the next page.
 * - 413: the batch is halved.
 * - 429, 5xx, no answer: tried again, `Retry-After` first, else after 3 s doubling to 30 min, ±50 %.
 */
export class Sender {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | null = null;
  private failures = 0;
  private notBefore = 0;
  private maxEvents = MAX_BATCH_EVENTS;
  /** Servers and keys that were refused on this page. */
  private readonly paused = new Set<string>();
  private readonly inFlight = new Set<string>();
  private keepaliveBytes = 0;
  private isReporting = false;
  private told = false;

  constructor(private readonly options: SenderOptions) {}

  /** Sends soon: at once when enough events wait, else within three seconds. */
  wake(): void {
    const waiting = this.ready().length;
    if (waiting === 0) {
      return;
    }
    const delay = Math.max(
      this.notBefore - this.options.now(),
      waiting >= MAX_WAITING || this.failures > 0 ? 0 : MAX_DELAY_MILLIS,
    );
    if (delay <= 0) {
      void this.flush();
    } else if (this.timer === undefined || waiting >= MAX_WAITING) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.flush(), delay);
    }
  }

  /** The network is back, or a new page began: does not wait for the end of a delay. */
  retryNow(): void {
    this.notBefore = 0;
    if (this.ready().length > 0) {
      void this.flush();
    }
  }

  /** Sends everything that may be sent now; completes when that has an outcome. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.drain().finally(() => {
      this.sending = null;
      this.wake();
    });
    return this.sending;
  }

  /** Whether an attempt may be made now, so that a full queue may soon have room. */
  canSend(): boolean {
    return this.options.now() >= this.notBefore && (this.sending !== null || this.ready().length > 0);
  }

  /** Sends the waiting events with requests that outlive the page, without a preflight. */
  leave(): void {
    this.options.queue.expire();
    for (;;) {
      const batch = take(this.ready(), MAX_BATCH_EVENTS, KEEPALIVE_BYTES - this.keepaliveBytes);
      if (batch.length === 0) {
        // What is left stays in storage and is sent by the next page.
        return;
      }
      void this.sendLeaving(batch, false);
    }
  }

  /** Whether a key is refused on this page. */
  isPaused(host: string, key: string): boolean {
    return this.paused.has(`${host} ${key}`);
  }

  private async drain(): Promise<void> {
    this.options.queue.expire();
    for (;;) {
      const batch = take(this.ready(), this.maxEvents, MAX_BATCH_BYTES);
      if (batch.length === 0 || this.options.now() < this.notBefore) {
        return;
      }
      await this.send(batch);
    }
  }

  private ready(): QueuedEvent[] {
    return this.options.queue
      .all()
      .filter((event) => !this.inFlight.has(event.name) && !this.isPaused(event.host, event.key));
  }

  private async send(batch: QueuedEvent[]): Promise<void> {
    const { host, key } = batch[0]!;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), TIMEOUT_MILLIS);
    await this.attempt(batch, (losses) =>
      fetch(this.url(host), {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: body(batch, losses, this.options.now(), null),
        signal: controller.signal,
        credentials: "omit",
        redirect: "error",
      }),
    );
    clearTimeout(timer);
  }

  /**
   * A browser refuses what exceeds its limit, and the site's own requests count too. Then the batch is sent in halves,
   * without `keepalive`: they may still end before the page does.
   */
  private async sendLeaving(batch: QueuedEvent[], isHalf: boolean): Promise<void> {
    const { host, key } = batch[0]!;
    const answered = await this.attempt(batch, async (losses) => {
      const text = body(batch, losses, this.options.now(), key);
      const bytes = encoder.encode(text).length;
      const init: RequestInit = {
        method: "POST",
        headers: { "Content-Type": "text/plain" },
        body: text,
        credentials: "omit",
      };
      this.keepaliveBytes += bytes;
      try {
        return await fetch(this.url(host), { ...init, keepalive: true });
      } catch (refused) {
        if (isHalf || batch.length === 1) {
          return await fetch(this.url(host), init);
        }
        throw refused;
      } finally {
        this.keepaliveBytes -= bytes;
      }
    });
    if (!answered && !isHalf && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      void this.sendLeaving(batch.slice(0, middle), true);
      void this.sendLeaving(batch.slice(middle), true);
    } else {
      this.wake();
    }
  }

  private url(host: string): string {
    return this.options.ingestPath === null ? apiUrl(host, PATH) : host.replace(/\/+$/, "") + this.options.ingestPath;
  }

  /** Sends a batch and acts on the outcome. Completes with false when there was no answer. */
  private async attempt(batch: QueuedEvent[], request: (losses: Losses) => Promise<Response>): Promise<boolean> {
    const { queue } = this.options;
    // Of several batches in flight, only one reports the losses.
    const losses = this.isReporting ? NO_LOSSES : queue.losses();
    const reports = losses !== NO_LOSSES;
    this.isReporting = true;
    batch.forEach((event) => this.inFlight.add(event.name));
    queue.markTried(batch);
    try {
      const response = await request(losses);
      if (response.ok) {
        this.stored(batch, losses, (await response.json()) as TrackResponse);
      } else {
        this.refused(batch, await problem(response));
      }
      return true;
    } catch {
      // No answer: the server may have the events or not, and their ids make it store them once.
      this.retry(undefined);
      return false;
    } finally {
      batch.forEach((event) => this.inFlight.delete(event.name));
      this.isReporting &&= !reports;
    }
  }

  private stored(batch: QueuedEvent[], losses: Losses, answer: TrackResponse): void {
    const { queue } = this.options;
    this.failures = 0;
    this.notBefore = 0;
    this.maxEvents = Math.min(MAX_BATCH_EVENTS, this.maxEvents * 2);
    queue.reported(losses);
    queue.remove(batch);
    const rejected = answer.rejected ?? [];
    if (rejected.length > 0) {
      queue.lose("rejected", rejected.length);
      this.tell(
        new ApiClientError("ApiError", `${rejected.length} events were rejected. The first one: ${rejected[0]!.detail}`, {
          status: 200,
          data: answer,
        }),
        rejected,
      );
    }
  }

  private refused(batch: QueuedEvent[], error: ApiClientError): void {
    const { queue } = this.options;
    const status = error.status ?? 0;
    const { host, key } = batch[0]!;
    if (status >= 500 || RETRIED_STATUS.includes(status)) {
      this.retry(error.retryAfterSeconds);
    } else if (status === 413 && batch.length > 1) {
      queue.markRefused(batch);
      this.maxEvents = Math.ceil(batch.length / 2);
    } else if (status === 400 || status === 413) {
      queue.remove(batch);
      queue.lose("rejected", batch.length);
      this.tell(error, []);
    } else {
      queue.markRefused(batch);
      this.paused.add(`${host} ${key}`);
      queue.trim(host, key);
      this.tell(error, []);
    }
  }

  private retry(afterSeconds: number | undefined): void {
    const delay = Math.min(MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** this.failures) * (0.5 + Math.random());
    this.failures++;
    this.notBefore = this.options.now() + (afterSeconds === undefined ? delay : afterSeconds * 1000);
  }

  /** One sentence on the console for a page, however many batches are refused. */
  private tell(error: ApiClientError, rejected: RejectedEvent[]): void {
    if (!this.told) {
      this.told = true;
      console.warn(`Quotient: ${error.message}`);
    }
    this.options.onError(error, rejected);
  }
}

/** The first events for one server and key, within the limits; at least one unless `maxBytes` is too small. */
function take(events: readonly QueuedEvent[], maxEvents: number, maxBytes: number): QueuedEvent[] {
  const batch: QueuedEvent[] = [];
  // The frame around the events: the key, the time and the counts of losses.
  let bytes = 300;
  for (const event of events) {
    if (event.host !== events[0]!.host || event.key !== events[0]!.key) {
      continue;
    }
    bytes += encoder.encode(event.json).length + 1;
    if (batch.length === maxEvents || bytes > maxBytes) {
      break;
    }
    batch.push(event);
  }
  return batch;
}

function body(batch: readonly QueuedEvent[], losses: Losses, sentAt: number, apiKey: string | null): string {
  const key = apiKey === null ? "" : `"apiKey":${JSON.stringify(apiKey)},`;
  const dropped = losses.age + losses.quota + losses.rejected > 0 ? `,"dropped":${JSON.stringify(losses)}` : "";
  // The server reads "dropped" behind the batch only; before it, it could be a property of an event.
  return `{${key}"sentAt":${sentAt},"batch":[${batch.map((event) => event.json).join(",")}]${dropped}}`;
}
