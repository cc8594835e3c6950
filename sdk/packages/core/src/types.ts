/** Values that the server may extend: known ones complete in editors, and others are accepted. */
export type Extensible<Known extends string> = Known | (string & {});

/** ISO 8601 in UTC with milliseconds, such as `2026-01-15T10:30:00.000Z`. */
export type Time = string;

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call and its retries. */
  signal?: AbortSignal;
}

/** Options of a call that changes something. */
export interface WriteOptions extends CallOptions {
  /** Makes the call safe to retry: the server does the work once for each key. Default: a random one. */
  idempotencyKey?: string;
}

export interface PageData {
  page: number;
  limit: number;
  total: number;
  isNextPageAvailable: boolean;
}

export interface PageOptions {
  /** From 1. */
  page?: number;
  /** 1 to 100. */
  limit?: number;
}

export type Scope = Extensible<
  | "ALL"
  | "ANALYTICS_READ"
  | "ANALYTICS_WRITE"
  | "AUDIENCE_READ"
  | "AUDIENCE_WRITE"
  | "BLOG_READ"
  | "BLOG_WRITE"
  | "FLOW_TRIGGER"
  | "MEMORY_READ"
  | "MEMORY_WRITE"
>;

// ---- Who am I ----

export interface WhoAmIResponse {
  businessId: string;
  keyType: Extensible<"public" | "private">;
  scopes: Scope[];
  businessName: string;
  keyId: string;
  keyName: string;
  expiresAt: Time | null;
  effectiveScopes: Scope[];
  /** Of public keys only. */
  origin?: { value: string | null; allowed: boolean; matchedRule: string | null };
  rateLimit: { limit: number; windowSeconds: number; remaining: number } | null;
  serverTime: Time;
}

// ---- Analytics ----

/** An event. Members that are not named here are its properties. */
export interface EventOptions {
  eventType: Extensible<"pageView" | "search" | "addToCart" | "checkoutComplete" | "emailSubscribe">;
  /** Unique for the event; a repetition is stored once. */
  messageId?: string | null;
  deviceId?: string | null;
  sessionId?: string | null;
  personId?: string | null;
  anonymousId?: string | null;
  /** ISO 8601, or milliseconds since 1970. */
  timestamp?: string | number | null;
  browserFingerprint?: string | null;
  timezone?: string | null;
  language?: string | null;
  url?: string | null;
  path?: string | null;
  title?: string | null;
  referrer?: string | null;
  userAgent?: string | null;
  screenWidth?: number | null;
  screenHeight?: number | null;
  utm?: Record<string, string | null> | null;
  properties?: Record<string, unknown> | null;
  [property: string]: unknown;
}

export interface RejectedEvent {
  /** Of the event in the batch, from 0. */
  index: number;
  code: string;
  detail: string;
}

/** The answer to one event has `eventId`, the answer to several has counts. */
export interface TrackResponse {
  success: boolean;
  eventId?: string;
  duplicate?: boolean;
  accepted?: number;
  duplicates?: number;
  rejected?: RejectedEvent[];
}

export interface StoredEvent {
  id: string;
  eventType: string;
  timestamp: Time;
  receivedAt: Time;
  rawTimestamp: string | null;
  messageId: string | null;
  deviceId: string | null;
  sessionId: string | null;
  personId: string | null;
  anonymousId: string | null;
  browserFingerprint?: string;
  timezone?: string;
  language?: string;
  url?: string;
  path?: string;
  title?: string;
  referrer?: string;
  userAgent?: string | null;
  screenWidth?: number;
  screenHeight?: number;
  utm?: Record<string, string>;
  properties: Record<string, unknown>;
  keyId: string;
  origin: string | null;
  clientAddress: string | null;
}

export interface ListEventsOptions extends PageOptions {
  eventType?: string;
  personId?: string;
  deviceId?: string;
  sessionId?: string;
  from?: Time;
  to?: Time;
}

export interface ListEventsResponse {
  events: StoredEvent[];
  pageData: PageData;
}

export interface SeriesOptions {
  eventType?: string;
  from?: Time;
  to?: Time;
  interval?: "minute" | "hour" | "day" | "week" | "month";
  /** An IANA name. Default: UTC. */
  timezone?: string;
  groupBy?: "eventType";
}

export interface SeriesResponse {
  series: { eventType?: string; points: { time: Time; count: number }[] }[];
  total: number;
}

// ---- Audience ----

export type EmailSubscriptionStatus =
  | "SUBSCRIBED"
  | "NOT_SUBSCRIBED"
  | "UNSUBSCRIBED"
  | "PENDING"
  | "BOUNCED"
  | "SPAM";

/** Values of custom properties by name; null clears one. The properties must be defined first. */
export type CustomProperties = Record<string, string | number | boolean | null>;

/** Members that are left out stay unchanged; null clears. */
export interface UpsertPersonOptions {
  emailAddress: string;
  emailSubscriptionStatus?: EmailSubscriptionStatus | null;
  /** @deprecated The older name of `emailSubscriptionStatus`. */
  emailMarketingState?: EmailSubscriptionStatus | null;
  firstName?: string | null;
  lastName?: string | null;
  jobTitle?: string | null;
  /** 0 to 100. */
  leadScore?: number | null;
  /** Slugs of lists to add the person to. */
  lists?: string[] | null;
  properties?: CustomProperties;
  /** Earlier events of the device are linked to the person. */
  deviceId?: string | null;
  /** Earlier events of the session are linked to the person. */
  sessionId?: string | null;
}

export interface UpsertPersonResponse {
  personId: string;
}

export interface Person {
  id: string;
  emailAddress: string;
  emailSubscriptionStatus: Extensible<EmailSubscriptionStatus>;
  firstName: string | null;
  lastName: string | null;
  jobTitle: string | null;
  leadScore: number;
  companyId: string | null;
  lists: string[];
  properties: Record<string, string | number | boolean>;
  createdAt: Time;
  updatedAt: Time;
}

export interface ListPeopleOptions extends PageOptions {
  search?: string;
  status?: EmailSubscriptionStatus;
  /** The slug of a list. */
  list?: string;
  /** The id of a company. */
  company?: string;
}

export interface ListPeopleResponse {
  people: Person[];
  pageData: PageData;
}

/** Members that are left out stay unchanged; null clears. */
export interface UpsertCompanyOptions {
  domain: string;
  name?: string | null;
  description?: string | null;
  industries?: string[] | null;
  revenue?: number | null;
  /** ISO 4217. */
  revenueCurrency?: string | null;
  totalEmployees?: number | null;
  address1?: string | null;
  address2?: string | null;
  city?: string | null;
  regionCode?: string | null;
  country?: string | null;
  zip?: string | null;
  socialLinkLinkedIn?: string | null;
  properties?: CustomProperties;
}

export interface UpsertCompanyResponse {
  companyId: string;
}

/** Either `slug` or `name` is required; without a slug, it is made from the name. */
export interface UpsertListOptions {
  slug?: string | null;
  name?: string | null;
  description?: string | null;
}

export interface UpsertListResponse {
  listId: string;
  slug: string;
  name: string;
}

export interface ListItem {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  peopleCount: number;
  createdAt: Time;
  updatedAt: Time;
}

export interface ListListsOptions extends PageOptions {
  search?: string;
}

export interface ListListsResponse {
  lists: ListItem[];
  pageData: PageData;
}

export interface PersonInList {
  personId: string;
  emailAddress: string;
  firstName: string | null;
  lastName: string | null;
}

export interface ListPeopleInListOptions extends PageOptions {
  listSlug: string;
  search?: string;
}

export interface ListPeopleInListResponse {
  people: PersonInList[];
  pageData: PageData;
}

/** A person by id, or by an email address, which creates an unknown person. */
export type AddPeopleEntry =
  | { personId: string }
  | { emailAddress: string; firstName?: string | null; lastName?: string | null };

export type RemovePeopleEntry = { personId: string } | { emailAddress: string };

export interface AddPeopleResponse {
  /** New memberships. */
  added: number;
  listSlug: string;
  listId: string;
}

export interface RemovePeopleResponse {
  removed: number;
  listSlug: string;
  listId: string;
}

// ---- Blog ----

export type BlogStatus = "DRAFT" | "SCHEDULED" | "PUBLISHED";

export interface BlogAuthor {
  id: string;
  name: string | null;
  /** Null for public keys. */
  email: string | null;
  /** Null for public keys. */
  emailAddress: string | null;
  avatarUrl: string | null;
}

export interface BlogTag {
  id: string;
  name: string;
  description: string | null;
}

export interface BlogMark {
  type: Extensible<"bold" | "italic" | "strike" | "code" | "link">;
  attrs?: { href: string };
}

/** A node of the content tree. Readers skip unknown types or show their `content`. */
export interface BlogContentNode {
  type: Extensible<
    | "paragraph"
    | "heading"
    | "bulletList"
    | "orderedList"
    | "listItem"
    | "blockquote"
    | "codeBlock"
    | "table"
    | "tableRow"
    | "tableCell"
    | "image"
    | "horizontalRule"
    | "hardBreak"
    | "text"
  >;
  attrs?: {
    level?: number;
    start?: number;
    checked?: boolean;
    header?: boolean;
    align?: Extensible<"left" | "center" | "right"> | null;
    language?: string | null;
    src?: string;
    alt?: string | null;
  };
  content?: BlogContentNode[];
  text?: string;
  marks?: BlogMark[];
}

export interface BlogContent {
  type: Extensible<"doc">;
  content: BlogContentNode[];
}

export interface Blog {
  id: string;
  title: string;
  slug: string;
  content: BlogContent;
  dominantImageUrl: string | null;
  publishDate: Time | null;
  /** Sanitized HTML, if it was asked for. */
  rawHtml?: string;
  authors: BlogAuthor[];
  metaDescription: string | null;
  tags: BlogTag[];
  wordCount: number;
  status: Extensible<BlogStatus>;
}

export interface GetBlogOptions {
  slug: string;
  /** Whether the answer also has the HTML. */
  rawHtml?: boolean;
}

export interface ListBlogsOptions extends PageOptions {
  authorIds?: string[];
  tagIds?: string[];
  /** Default: PUBLISHED. A public key always gets published posts only. */
  statuses?: BlogStatus[];
  search?: string;
}

export interface ListBlogsResponse {
  blogs: Blog[];
  pageData: PageData;
}

export interface ListAuthorsOptions extends PageOptions {
  search?: string;
}

export interface ListAuthorsResponse {
  authors: BlogAuthor[];
  pageData: PageData;
}

export interface ListTagsResponse {
  tags: BlogTag[];
}

// ---- Flow ----

export interface TriggerFlowOptions {
  flowId: string;
  personId: string;
}

export interface TriggerFlowResponse {
  /** False when the person is not in the flow's segment. */
  success: boolean;
}

// ---- Memory ----

/** A path that starts with `/`. A folder's path ends with `/` in answers. */
export type Path = string;

export type MemoryTag =
  | "email"
  | "blog"
  | "social"
  | "tone"
  | "audience"
  | "brand"
  | "competitors"
  | "products"
  | `user:${string}`;

export interface MemoryFolderItem {
  type: Extensible<"folder" | "document">;
  name: string;
  path: Path;
  updatedAt: Time;
  /** Of a folder, when `deep` was asked for. */
  children?: MemoryFolderItem[];
}

export interface ListMemoryResponse {
  items: MemoryFolderItem[];
  /** True if there are more items than one answer holds. */
  truncated?: boolean;
}

export interface MemoryDocument {
  name: string;
  title: string;
  path: Path;
  /** Markdown. */
  content: string;
  tags: Extensible<MemoryTag>[];
  pinned: boolean;
  updatedAt: Time;
}

/** Members that are left out stay unchanged. */
export interface WriteMemoryOptions {
  path: Path;
  title?: string | null;
  /** Markdown. */
  content?: string | null;
  /** Replaces all tags. */
  tags?: MemoryTag[] | null;
  pinned?: boolean | null;
}

export type WriteMemoryResponse = Omit<MemoryDocument, "content">;

export interface MakeFolderResponse {
  name: string;
  path: Path;
  createdAt: Time;
}

export interface SearchMemoryOptions {
  query: string;
  /** A document needs one of them. */
  tags?: MemoryTag[] | null;
}

export interface SearchMemoryResult {
  /** 0 to 1; at least 0.5 if the section has everything that was asked for. */
  similarity: number;
  memoryPath: Path;
  headingPath: string[];
  /** Markdown. */
  content: string;
}

export interface SearchMemoryResponse {
  results: SearchMemoryResult[];
}
