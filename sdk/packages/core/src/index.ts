export { ApiClientError, type ApiError, type ErrorKind } from "./errors.js";
export { type KeyTier, keyFault } from "./key.js";
export { type Api, type ApiOptions, apiUrl, type Call, createApi, problem, type QueryValue, retryAfterSeconds } from "./call.js";
export { uuid } from "./ids.js";
export { readBlog, type BlogReads } from "./blog.js";
export type * from "./types.js";
