import {
  type AddPeopleEntry,
  type AddPeopleResponse,
  type Api,
  ApiClientError,
  type Blog,
  type BlogReads,
  type CallOptions,
  createApi,
  type EventOptions,
  type ListBlogsOptions,
  type ListEventsOptions,
  type ListEventsResponse,
  type ListItem,
  type ListListsOptions,
  type ListListsResponse,
  type ListMemoryResponse,
  type ListPeopleInListOptions,
  type ListPeopleInListResponse,
  type ListPeopleOptions,
  type ListPeopleResponse,
  type MakeFolderResponse,
  type MemoryDocument,
  type PageData,
  type PageOptions,
  type Path,
  type Person,
  type PersonInList,
  readBlog,
  type RemovePeopleEntry,
  type RemovePeopleResponse,
  type SearchMemoryOptions,
  type SearchMemoryResponse,
  type SeriesOptions,
  type SeriesResponse,
  type StoredEvent,
  type TrackResponse,
  type TriggerFlowOptions,
  type TriggerFlowResponse,
  type UpsertCompanyOptions,
  type UpsertCompanyResponse,
  type UpsertListOptions,
  type UpsertListResponse,
  type UpsertPersonOptions,
  type UpsertPersonResponse,
  uuid,
  type WhoAmIResponse,
  type WriteMemoryOptions,
  type WriteMemoryResponse,
  type WriteOptions,
} from "@quotientjs/core";

export { ApiClientError, type ApiError, type ErrorKind } from "@quotientjs/core";
export type * from "@quotientjs/core";

const DEFAULT_BASE_URL = "http://localhost:8080";

export interface QuotientServerOptions {
  /** A private (`sk_`) key. A malformed key makes every call reject; the constructor never throws for it. */
  privateKey: string;
  /** The address of the server. Default: `http://localhost:8080`. */
  baseUrl?: string;
  /** Milliseconds for one attempt. Default: 30,000. */
  timeoutMillis?: number;
  /** Attempts after the first one, if repeating the call does no harm. Default: 3. */
  maxRetries?: number;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch;
}

/**
 * The API with a private key, for programs on a server. Runs wherever `fetch` exists: Node, Bun, Deno and edge runtimes.
 * Every method rejects with an {@link ApiClientError}. Changes are sent with an `Idempotency-Key`, so they can be
 * retried and still take effect once.
 */
export class QuotientServer {
  readonly auth: { whoami(options?: object, call?: CallOptions): Promise<WhoAmIResponse> };
  readonly analytics: Analytics;
  readonly audience: Audience;
  /** The same as `audience.people`. */
  readonly people: People;
  readonly blog: ServerBlog;
  readonly flow: { trigger(options: TriggerFlowOptions, call?: WriteOptions): Promise<TriggerFlowResponse> };
  readonly memory: Memory;

  constructor(options: QuotientServerOptions) {
    if (typeof (globalThis as { window?: { document?: unknown } }).window?.document !== "undefined") {
      throw new ApiClientError(
        "InvalidApiKeyType",
        "A private (sk_) key must not be used in a browser. Use @quotientjs/client with a public (pk_) key.",
      );
    }
    const api = createApi({
      key: options.privateKey,
      tier: "private",
      baseUrl: options.baseUrl ?? DEFAULT_BASE_URL,
      timeoutMillis: options.timeoutMillis,
      maxRetries: options.maxRetries,
      fetch: options.fetch,
    });
    this.auth = { whoami: (_options, call) => api.call({ method: "GET", path: "/whoami", signal: call?.signal }) };
    this.analytics = analytics(api);
    this.audience = audience(api);
    this.people = this.audience.people;
    this.blog = blog(api);
    this.flow = {
      trigger: ({ flowId, personId }, call) => write(api, "POST", `/flow/${segment(flowId)}/trigger`, { personId }, call),
    };
    this.memory = memory(api);
  }
}

export interface Analytics {
  /** Stores one event. It gets a `messageId`, so that a retry stores it once. */
  event(event: EventOptions, call?: CallOptions): Promise<TrackResponse>;
  /** Stores up to 500 events. */
  events(events: EventOptions[], call?: CallOptions): Promise<TrackResponse>;
  list(options?: ListEventsOptions, call?: CallOptions): Promise<ListEventsResponse>;
  listAll(options?: ListEventsOptions, call?: CallOptions): AsyncGenerator<StoredEvent, void, undefined>;
  series(options?: SeriesOptions, call?: CallOptions): Promise<SeriesResponse>;
}

function analytics(api: Api): Analytics {
  const named = (event: EventOptions): EventOptions => ({ ...event, messageId: event.messageId ?? uuid() });
  const track = (body: unknown, call?: CallOptions): Promise<TrackResponse> =>
    api.call({ method: "POST", path: "/analytics", body, isRetrySafe: true, signal: call?.signal });
  const list: Analytics["list"] = (options, call) => read(api, "/analytics/events", options, call);
  return {
    event: (event, call) => track(named(event), call),
    events: (events, call) => track({ batch: events.map(named), sentAt: Date.now() }, call),
    list,
    listAll: (options, call) => pages((page) => list({ ...options, ...page }, call), (answer) => answer.events),
    series: (options, call) => read(api, "/analytics/series", options, call),
  };
}

export interface People {
  upsert(person: UpsertPersonOptions, call?: WriteOptions): Promise<UpsertPersonResponse>;
  get(options: { personId: string }, call?: CallOptions): Promise<{ person: Person }>;
  list(options?: ListPeopleOptions, call?: CallOptions): Promise<ListPeopleResponse>;
  listAll(options?: ListPeopleOptions, call?: CallOptions): AsyncGenerator<Person, void, undefined>;
  /** Erases a person permanently. */
  erase(options: { personId: string }, call?: CallOptions): Promise<{ success: boolean }>;
}

export interface Lists {
  upsert(list: UpsertListOptions, call?: WriteOptions): Promise<UpsertListResponse>;
  list(options?: ListListsOptions, call?: CallOptions): Promise<ListListsResponse>;
  listAll(options?: ListListsOptions, call?: CallOptions): AsyncGenerator<ListItem, void, undefined>;
  get(options: { slug: string }, call?: CallOptions): Promise<{ list: ListItem }>;
  delete(options: { slug: string }, call?: CallOptions): Promise<{ success: boolean }>;
  listPeople(options: ListPeopleInListOptions, call?: CallOptions): Promise<ListPeopleInListResponse>;
  listAllPeople(options: ListPeopleInListOptions, call?: CallOptions): AsyncGenerator<PersonInList, void, undefined>;
  addPeople(options: { listSlug: string; people: AddPeopleEntry[] }, call?: WriteOptions): Promise<AddPeopleResponse>;
  removePeople(
    options: { listSlug: string; people: RemovePeopleEntry[] },
    call?: CallOptions,
  ): Promise<RemovePeopleResponse>;
}

export interface Audience {
  readonly people: People;
  readonly companies: {
    upsert(company: UpsertCompanyOptions, call?: WriteOptions): Promise<UpsertCompanyResponse>;
  };
  readonly lists: Lists;
}

function audience(api: Api): Audience {
  return {
    people: people(api),
    companies: { upsert: (company, call) => write(api, "POST", "/audience/companies", company, call) },
    lists: lists(api),
  };
}

function people(api: Api): People {
  const list: People["list"] = (options, call) => read(api, "/audience/people", options, call);
  const path = (personId: string): string => `/audience/people/${segment(personId)}`;
  return {
    upsert: (person, call) => write(api, "POST", "/audience/people", person, call),
    get: ({ personId }, call) => read(api, path(personId), {}, call),
    list,
    listAll: (options, call) => pages((page) => list({ ...options, ...page }, call), (answer) => answer.people),
    erase: ({ personId }, call) => remove(api, path(personId), undefined, call),
  };
}

function lists(api: Api): Lists {
  const path = (slug: string): string => `/audience/lists/${segment(slug)}`;
  const list: Lists["list"] = (options, call) => read(api, "/audience/lists", options, call);
  const listPeople: Lists["listPeople"] = ({ listSlug, ...options }, call) =>
    read(api, `${path(listSlug)}/people`, options, call);
  return {
    upsert: (options, call) => write(api, "POST", "/audience/lists", options, call),
    list,
    listAll: (options, call) => pages((page) => list({ ...options, ...page }, call), (answer) => answer.lists),
    get: ({ slug }, call) => read(api, path(slug), {}, call),
    delete: ({ slug }, call) => remove(api, path(slug), undefined, call),
    listPeople,
    listAllPeople: (options, call) =>
      pages((page) => listPeople({ ...options, ...page }, call), (answer) => answer.people),
    addPeople: ({ listSlug, people }, call) => write(api, "POST", `${path(listSlug)}/people`, { people }, call),
    removePeople: ({ listSlug, people }, call) => remove(api, `${path(listSlug)}/people`, { people }, call),
  };
}

export interface ServerBlog extends BlogReads {
  listAll(options?: ListBlogsOptions, call?: CallOptions): AsyncGenerator<Blog, void, undefined>;
}

function blog(api: Api): ServerBlog {
  const reads = readBlog(api);
  return {
    ...reads,
    listAll: (options, call) => pages((page) => reads.list({ ...options, ...page }, call), (answer) => answer.blogs),
  };
}

export interface Memory {
  /** Lists a folder; `deep` includes everything below it. */
  ls(options: { path: Path; deep?: boolean }, call?: CallOptions): Promise<ListMemoryResponse>;
  /** Reads a document. */
  cat(options: { path: Path }, call?: CallOptions): Promise<MemoryDocument>;
  /** Creates or changes a document, and creates its parent folders. */
  write(options: WriteMemoryOptions, call?: CallOptions): Promise<WriteMemoryResponse>;
  /** Creates a folder; an existing one is kept. */
  mkdir(options: { path: Path; name?: string }, call?: CallOptions): Promise<MakeFolderResponse>;
  /** Archives a document, or a folder with its contents. */
  rm(options: { path: Path }, call?: CallOptions): Promise<{ success: boolean }>;
  search(options: SearchMemoryOptions, call?: CallOptions): Promise<SearchMemoryResponse>;
}

function memory(api: Api): Memory {
  const put = <T>(path: string, body: unknown, call?: CallOptions): Promise<T> =>
    api.call({ method: "POST", path, body, isRetrySafe: true, signal: call?.signal });
  return {
    ls: ({ path, deep }, call) => read(api, memoryPath(path), { op: "ls", deep }, call),
    cat: ({ path }, call) => read(api, memoryPath(path), { op: "cat" }, call),
    write: ({ path, ...document }, call) => put(memoryPath(path), document, call),
    mkdir: ({ path, name }, call) => put(memoryPath(path), { type: "folder", name }, call),
    rm: ({ path }, call) => remove(api, memoryPath(path), undefined, call),
    search: (options, call) => put("/memory/search", options, call),
  };
}

/** Each segment percent-encoded, since names may hold any character. */
function memoryPath(path: Path): string {
  return `/memory${path.split("/").map(encodeURIComponent).join("/")}`;
}

function segment(value: string): string {
  return encodeURIComponent(value);
}

function read<T>(api: Api, path: string, query: object | undefined, call: CallOptions | undefined): Promise<T> {
  return api.call({ method: "GET", path, query: { ...query }, signal: call?.signal });
}

function write<T>(
  api: Api,
  method: "POST",
  path: string,
  body: unknown,
  call: WriteOptions | undefined,
): Promise<T> {
  return api.call({ method, path, body, idempotencyKey: call?.idempotencyKey ?? uuid(), signal: call?.signal });
}

/** A repeated deletion finds nothing more to delete, but may answer 404 then; so it is not retried. */
function remove<T>(api: Api, path: string, body: unknown, call: CallOptions | undefined): Promise<T> {
  return api.call({ method: "DELETE", path, body, signal: call?.signal });
}

/** Every item of all pages, each page read when it is needed. */
async function* pages<A extends { pageData: PageData }, T>(
  next: (page: PageOptions) => Promise<A>,
  items: (answer: A) => T[],
): AsyncGenerator<T, void, undefined> {
  for (let page = 1; ; page++) {
    const answer = await next({ page, limit: 100 });
    yield* items(answer);
    if (!answer.pageData.isNextPageAvailable) {
      return;
    }
  }
}
