import type { Api, Call } from "./call.js";
import type {
  Blog,
  CallOptions,
  GetBlogOptions,
  ListAuthorsOptions,
  ListAuthorsResponse,
  ListBlogsOptions,
  ListBlogsResponse,
  ListTagsResponse,
} from "./types.js";

/** Reads of the blog, the same in the client and the server SDK. */
export interface BlogReads {
  get(options: GetBlogOptions, call?: CallOptions): Promise<{ blog: Blog }>;
  list(options?: ListBlogsOptions, call?: CallOptions): Promise<ListBlogsResponse>;
  listAuthors(options?: ListAuthorsOptions, call?: CallOptions): Promise<ListAuthorsResponse>;
  listTags(call?: CallOptions): Promise<ListTagsResponse>;
}

export function readBlog(api: Api): BlogReads {
  const get = <T>(path: string, query: Call["query"], call?: CallOptions): Promise<T> =>
    api.call<T>({ method: "GET", path, query, signal: call?.signal });
  return {
    get: ({ slug, rawHtml }, call) => get(`/blog/${encodeURIComponent(slug)}`, { rawHtml }, call),
    list: (options = {}, call) => get("/blog/list", { ...options }, call),
    listAuthors: (options = {}, call) => get("/blog/authors", { ...options }, call),
    listTags: (call) => get("/blog/tags", {}, call),
  };
}
