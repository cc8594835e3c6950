import {
  ApiClientError,
  type BlogReads,
  type CallOptions,
  createApi,
  type EventOptions,
  keyFault,
  readBlog,
  type RejectedEvent,
  type TriggerFlowOptions,
  type TriggerFlowResponse,
  type UpsertPersonOptions,
  type UpsertPersonResponse,
  uuid,
  type WhoAmIResponse,
  type WriteOptions,
} from "@quotientjs/core";
import { enrich } from "./enrich.js";
import { createIdentity, type IdentityStore } from "./identity.js";
import { MAX_EVENTS, Queue } from "./queue.js";
import { Sender } from "./sender.js";
import { localStorageOrNull, openStorage } from "./storage.js";
import { Tabs } from "./tabs.js";

export { ApiClientError, type ApiError, type ErrorKind } from "@quotientjs/core";
export type * from "@quotientjs/core";
export type { IdentityStore } from "./identity.js";

/** The server's limit for an event, in bytes. */
const MAX_EVENT_BYTES = 32 * 1024;
const OPT_OUT = "optOut";
const RETURNED_EVENT = "pageView";

export interface QuotientClientOptions {
  /** A public (`pk_`) key. A malformed key makes every call reject; `init` never throws for it. */
  apiKey: string;
  /** The address of the server. Default: the page's own origin. */
  baseUrl?: string;
  /** A first-party path for events, such as `/e`; the server's setting is `http.ingestAlias`. */
  ingestPath?: string;
  /** Whether a page that returns from the back-forward cache sends a `pageView`. Default: false. */
  trackReturns?: boolean;
  /** Called for refused batches and rejected events, and when storage is blocked. */
  onError?: (error: ApiClientError, rejected: RejectedEvent[]) => void;
}

/** The API with a public key, for pages. */
export class QuotientClient {
  /** The client of a key and a server; a second call for the same two returns the same client. */
  static init(options: QuotientClientOptions): QuotientClient {
    const baseUrl = options.baseUrl ?? (globalThis as { location?: Location }).location?.origin ?? "";
    const clients = shared();
    const name = `${baseUrl.replace(/\/+$/, "")} ${String(options.apiKey)}`;
    let client = clients.get(name);
    if (client === undefined) {
      client = new QuotientClient({ ...options, baseUrl });
      clients.set(name, client);
    }
    return client;
  }

  readonly analytics: {
    /**
     * Queues an event and returns its message id. From then on the event survives a reload and a lost network; it is
     * sent within three seconds, and stored once.
     */
    event(event: EventOptions): Promise<{ messageId: string }>;
    /** Sends the waiting events, and completes when their outcome is known. */
    flush(): Promise<void>;
  };
  readonly audience: {
    people: { upsert(person: UpsertPersonOptions, call?: WriteOptions): Promise<UpsertPersonResponse> };
  };
  /** The same as `audience.people`. */
  readonly people: QuotientClient["audience"]["people"];
  readonly auth: { whoami(options?: object, call?: CallOptions): Promise<WhoAmIResponse> };
  readonly blog: BlogReads;
  readonly flow: { trigger(options: TriggerFlowOptions, call?: CallOptions): Promise<TriggerFlowResponse> };
  readonly store: IdentityStore;
  /** Deletes waiting events and all stored values, and sends nothing more, not even on later pages. */
  readonly optOut: () => void;
  /** Resumes after {@link optOut}. A browser that sends Global Privacy Control stays opted out. */
  readonly optIn: () => void;

  private constructor(options: QuotientClientOptions & { baseUrl: string }) {
    const { apiKey, baseUrl } = options;
    const now = Date.now;
    const tab = uuid().slice(0, 8);
    const tell = (error: ApiClientError, rejected: RejectedEvent[] = []): void => {
      try {
        options.onError?.(error, rejected);
      } catch (thrown) {
        console.error(thrown);
      }
    };
    const storage = openStorage(localStorageOrNull(), (cause) => {
      if (isPage()) {
        const message = "The browser's storage is blocked or full; events wait in memory until they are sent.";
        tell(new ApiClientError("NetworkError", message, { cause }));
      }
    });
    const isOptedOut = (): boolean => hasPrivacyControl() || storage.get(OPT_OUT) !== null;
    const memory = openStorage(null, () => undefined);
    const identity = createIdentity(storage, memory, isOptedOut, now);
    const queue = new Queue(storage, tab, now);
    const sender = new Sender({ queue, now, ingestPath: options.ingestPath ?? null, onError: tell });
    const tabs = new Tabs(queue, storage, tab, now, locksOrNull(), () => sender.wake());
    let bursting = 0;
    const api = createApi({ key: apiKey, tier: "public", baseUrl });
    const forget = (): void => {
      queue.clear();
      identity.clear();
      tabs.leave();
    };

    this.analytics = {
      event: async (event) => {
        const fault = keyFault(apiKey, "public");
        if (fault !== null) {
          throw fault;
        }
        if (isOptedOut()) {
          return { messageId: event.messageId ?? uuid() };
        }
        const enriched = enrich(event, identity, now());
        const { messageId } = enriched;
        const json = JSON.stringify(enriched);
        if (new TextEncoder().encode(json).length > MAX_EVENT_BYTES) {
          queue.lose("rejected", 1);
          tell(new ApiClientError("ApiError", `An event may have at most ${MAX_EVENT_BYTES / 1024} KiB as JSON.`));
          return { messageId };
        }
        const isHidden = isPage() && document.visibilityState === "hidden";
        // Events that are added faster than they are sent wait here for room. Without a network there will be none.
        while (!isHidden && bursting < MAX_EVENTS && !queue.hasRoom(json) && sender.canSend()) {
          bursting++;
          await sender.flush();
          bursting--;
        }
        queue.add(baseUrl, apiKey, messageId, json);
        if (sender.isPaused(baseUrl, apiKey)) {
          queue.trim(baseUrl, apiKey);
        }
        if (isHidden) {
          // Nothing may run on this page any more.
          sender.leave();
        } else {
          sender.wake();
        }
        return { messageId };
      },
      flush: () => sender.flush(),
    };
    this.people = {
      upsert: async (person, call) => {
        const answer = await api.call<UpsertPersonResponse>({
          method: "POST",
          path: "/audience/people",
          body: isOptedOut()
            ? person
            : { deviceId: identity.deviceId(), sessionId: identity.sessionId(), ...person },
          isRetrySafe: true,
          signal: call?.signal,
        });
        if (!isOptedOut()) {
          identity.setPersonId(answer.personId);
        }
        return answer;
      },
    };
    this.audience = { people: this.people };
    this.auth = { whoami: (_options, call) => api.call({ method: "GET", path: "/whoami", signal: call?.signal }) };
    this.blog = readBlog(api);
    this.flow = {
      trigger: ({ flowId, personId }, call) =>
        api.call({
          method: "POST",
          path: `/flow/${encodeURIComponent(flowId)}/trigger`,
          body: { personId },
          idempotencyKey: uuid(),
          signal: call?.signal,
        }),
    };
    this.store = {
      deviceId: identity.deviceId,
      sessionId: identity.sessionId,
      personId: identity.personId,
      browserFingerprint: identity.browserFingerprint,
      clear: identity.clear,
    };
    this.optOut = () => {
      forget();
      storage.set(OPT_OUT, "1");
    };
    this.optIn = () => {
      storage.remove(OPT_OUT);
      enter();
    };

    const enter = (): void => {
      if (!isPage()) {
        return;
      }
      if (isOptedOut()) {
        forget();
      } else {
        tabs.enter();
        sender.wake();
      }
    };
    enter();
    if (!isPage()) {
      return;
    }
    addEventListener("online", () => sender.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        sender.leave();
      } else {
        sender.wake();
      }
    });
    addEventListener("pagehide", () => {
      sender.leave();
      tabs.leave();
    });
    addEventListener("pageshow", (shown) => {
      if (shown.persisted) {
        queue.reload();
        enter();
        if (options.trackReturns === true) {
          void this.analytics.event({ eventType: RETURNED_EVENT });
        }
      }
    });
  }
}

/** The clients of the page, shared by all copies of this package on it. */
function shared(): Map<string, QuotientClient> {
  const name = Symbol.for("quotient.clients");
  const page = globalThis as { [name]?: Map<string, QuotientClient> };
  // Outside a page, as in server-side rendering, nothing is shared between requests.
  return isPage() ? (page[name] ??= new Map()) : new Map();
}

function isPage(): boolean {
  return typeof document !== "undefined";
}

function hasPrivacyControl(): boolean {
  return (globalThis as { navigator?: { globalPrivacyControl?: boolean } }).navigator?.globalPrivacyControl === true;
}

/** Web Locks exist on secure pages only. */
function locksOrNull(): LockManager | null {
  return (globalThis as { navigator?: Navigator }).navigator?.locks ?? null;
}
