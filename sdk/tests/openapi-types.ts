/**
 * Holds the types of the SDKs equal to the description of the API: what differs does not compile. `npm run typecheck`
 * generates `generated/openapi.ts` from `openapi.yaml` before.
 */
import type * as sdk from "@quotientjs/core";
import type { components, operations } from "./generated/openapi.js";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

/** The named members, without an index signature. */
type Names<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: T[Name] };
type SameNames<A, B> = [Names<A>] extends [Names<B>] ? ([Names<B>] extends [Names<A>] ? true : false) : false;

/** What the server answers is what the SDK says, and no member is missing. */
type Answer<Server, Sdk> = Server extends Sdk ? SameNames<Server, Sdk> : false;
/** What the SDK accepts is what the server accepts, and no member is missing. */
type Request<Sdk, Server> = Sdk extends Server ? SameNames<Sdk, Server> : false;

/** Compiles when every comparison holds. */
type All<Comparisons extends true[]> = Comparisons;

type Items<T> = T extends readonly (infer Item)[] ? Item : never;

export type Answers = All<[
  Answer<Schema<"WhoAmI">, sdk.WhoAmIResponse>,
  Answer<Schema<"PageData">, sdk.PageData>,
  Answer<Schema<"Tracked">, sdk.TrackResponse>,
  Answer<Items<NonNullable<Schema<"Tracked">["rejected"]>>, sdk.RejectedEvent>,
  Answer<Schema<"Event">, sdk.StoredEvent>,
  Answer<Schema<"EventPage">, sdk.ListEventsResponse>,
  Answer<Schema<"EventSeries">, sdk.SeriesResponse>,
  Answer<Schema<"PersonId">, sdk.UpsertPersonResponse>,
  Answer<Schema<"Person">, sdk.Person>,
  Answer<Schema<"PersonAnswer">, { person: sdk.Person }>,
  Answer<Schema<"PeoplePage">, sdk.ListPeopleResponse>,
  Answer<Schema<"CompanyId">, sdk.UpsertCompanyResponse>,
  Answer<Schema<"UpsertedList">, sdk.UpsertListResponse>,
  Answer<Schema<"List">, sdk.ListItem>,
  Answer<Schema<"ListAnswer">, { list: sdk.ListItem }>,
  Answer<Schema<"ListPage">, sdk.ListListsResponse>,
  Answer<Schema<"ListedPeoplePage">, sdk.ListPeopleInListResponse>,
  Answer<Items<Schema<"ListedPeoplePage">["people"]>, sdk.PersonInList>,
  Answer<Schema<"AddedToList">, sdk.AddPeopleResponse>,
  Answer<Schema<"RemovedFromList">, sdk.RemovePeopleResponse>,
  Answer<Schema<"Post">, sdk.Blog>,
  Answer<Schema<"PostAnswer">, { blog: sdk.Blog }>,
  Answer<Schema<"PostPage">, sdk.ListBlogsResponse>,
  Answer<Schema<"Doc">, sdk.BlogContent>,
  Answer<Schema<"ContentNode">, sdk.BlogContentNode>,
  Answer<Schema<"Mark">, sdk.BlogMark>,
  Answer<Schema<"Author">, sdk.BlogAuthor>,
  Answer<Schema<"AuthorPage">, sdk.ListAuthorsResponse>,
  Answer<Schema<"Tag">, sdk.BlogTag>,
  Answer<Schema<"TagList">, sdk.ListTagsResponse>,
  Answer<Schema<"Triggered">, sdk.TriggerFlowResponse>,
  Answer<Schema<"MemoryListing">, sdk.ListMemoryResponse>,
  Answer<Schema<"MemoryItem">, sdk.MemoryFolderItem>,
  Answer<Schema<"MemoryResults">, sdk.SearchMemoryResponse>,
  Answer<Items<Schema<"MemoryResults">["results"]>, sdk.SearchMemoryResult>,
  Answer<Schema<"Success">, { success: boolean }>,
]>;

export type Requests = All<[
  Request<sdk.EventOptions, Schema<"EventToTrack">>,
  Request<sdk.UpsertPersonOptions, Schema<"PersonToUpsert">>,
  Request<sdk.UpsertCompanyOptions, Schema<"CompanyToUpsert">>,
  Request<sdk.UpsertListOptions, Schema<"ListToUpsert">>,
  Request<{ people: sdk.AddPeopleEntry[] }, Schema<"ListEntries">>,
  Request<{ people: sdk.RemovePeopleEntry[] }, Schema<"ListEntries">>,
  Request<Pick<sdk.TriggerFlowOptions, "personId">, Schema<"FlowToTrigger">>,
  Request<Omit<sdk.WriteMemoryOptions, "path"> & { type?: "folder"; name?: string }, Schema<"MemoryToWrite">>,
  Request<sdk.SearchMemoryOptions, Schema<"MemorySearch">>,
]>;

export type Queries = All<[
  Request<sdk.ListEventsOptions, Query<"listEvents">>,
  Request<sdk.SeriesOptions, Query<"countEvents">>,
  Request<sdk.ListPeopleOptions, Query<"listPeople">>,
  Request<sdk.ListListsOptions, Query<"listLists">>,
  Request<Omit<sdk.ListPeopleInListOptions, "listSlug">, Query<"listPeopleOfList">>,
  Request<sdk.ListBlogsOptions, Query<"listPosts">>,
  Request<Omit<sdk.GetBlogOptions, "slug">, Query<"getPost">>,
  Request<sdk.ListAuthorsOptions, Query<"listAuthors">>,
]>;

/** The comparison itself notices a missing member, an extra one, and another type. */
// @ts-expect-error: `b` is missing in the SDK.
export const missing: Answer<{ a: string; b?: string }, { a: string }> = true;
// @ts-expect-error: the server does not know `b`.
export const extra: Request<{ a: string; b?: string }, { a: string }> = true;
// @ts-expect-error: the types differ.
export const other: Answer<{ a: string | null }, { a: string }> = true;
