import { ApiClientError } from "./errors.js";
import { type KeyTier, keyFault } from "./key.js";

/** One attempt of a request ends after this many milliseconds. */
const DEFAULT_TIMEOUT_MILLIS = 30_000;
const DEFAULT_RETRIES = 3;
const FIRST_DELAY_MILLIS = 500;
const MAX_DELAY_MILLIS = 30_000;
const RETRIED_STATUS = [429, 502, 503, 504];

export interface ApiOptions {
  readonly key: unknown;
  readonly tier: KeyTier;
  /** The origin of the server, such as `https://quotient.example.com`. A path before `/api` is allowed. */
  readonly baseUrl: string;
  /** Milliseconds for one attempt. */
  readonly timeoutMillis?: number;
  /** Attempts after the first one. */
  readonly maxRetries?: number;
  readonly fetch?: typeof fetch;
}

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v0`, encoded. */
  readonly path: string;
  /** Members that are undefined or null are left out. */
  readonly query?: { readonly [name: string]: QueryValue };
  /** Sent as JSON, in which undefined members are left out. */
  readonly body?: unknown;
  /** Sent as `Idempotency-Key` with every attempt, which makes a POST safe to retry. */
  readonly idempotencyKey?: string;
  /** Whether a repetition does no harm. Default: GET, and everything with an idempotency key. */
  readonly isRetrySafe?: boolean;
  readonly signal?: AbortSignal;
}

/** The HTTP calls of an SDK. The key lives in a closure, so no inspection of the object shows it. */
export interface Api {
  /** The answer's JSON. Rejects with an {@link ApiClientError}, or with the reason of an aborted `signal`. */
  call<T>(call: Call): Promise<T>;
}

export function createApi(options: ApiOptions): Api {
  const fault = keyFault(options.key, options.tier);
  const timeoutMillis = options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS;

  const attempt = async (call: Call): Promise<unknown> => {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    call.signal?.addEventListener("abort", abort);
    const timer = setTimeout(abort, timeoutMillis);
    try {
      if (call.signal?.aborted) {
        throw call.signal.reason;
      }
      const response = await (options.fetch ?? fetch)(apiUrl(options.baseUrl, call.path, call.query), {
        method: call.method,
        headers: headers(options.key, call),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: controller.signal,
        redirect: "error",
      });
      if (!response.ok) {
        throw await problem(response);
      }
      const body = await readJson(response);
      if (body === undefined) {
        throw new ApiClientError("NetworkError", "The server's answer is not JSON. Check the base URL.");
      }
      return body;
    } catch (error) {
      if (ApiClientError.is(error)) {
        throw error;
      }
      if (call.signal?.aborted) {
        throw call.signal.reason;
      }
      throw new ApiClientError(
        "NetworkError",
        controller.signal.aborted
          ? `The server did not answer within ${timeoutMillis / 1000} seconds.`
          : "The server cannot be reached. Check the base URL and the network.",
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", abort);
    }
  };

  return {
    async call<T>(call: Call): Promise<T> {
      if (fault !== null) {
        throw fault;
      }
      const safe = call.isRetrySafe ?? (call.method === "GET" || call.idempotencyKey !== undefined);
      const retries = safe ? (options.maxRetries ?? DEFAULT_RETRIES) : 0;
      for (let tried = 0; ; tried++) {
        try {
          return (await attempt(call)) as T;
        } catch (error) {
          if (tried >= retries || !isRetried(error)) {
            throw error;
          }
          await pause(retryDelay(tried, error), call.signal);
        }
      }
    },
  };
}

function headers(key: unknown, call: Call): Record<string, string> {
  const all: Record<string, string> = { Authorization: `Bearer ${String(key)}` };
  if (call.body !== undefined) {
    all["Content-Type"] = "application/json";
  }
  if (call.idempotencyKey !== undefined) {
    all["Idempotency-Key"] = call.idempotencyKey;
  }
  return all;
}

/** The URL of a call. A trailing slash of the base URL is dropped. */
export function apiUrl(baseUrl: string, path: string, query: Call["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) {
      value.forEach((item) => parameters.append(name, String(item)));
    } else if (value !== undefined && value !== null) {
      parameters.append(name, String(value));
    }
  }
  const text = parameters.toString();
  return `${baseUrl.replace(/\/+$/, "")}/api/v0${path}${text === "" ? "" : `?${text}`}`;
}

/** The error for a response that is not a success. Its message is the problem's detail. */
export async function problem(response: Response): Promise<ApiClientError> {
  const data = await readJson(response);
  const detail = (data as { detail?: unknown } | undefined)?.detail;
  return new ApiClientError(
    "ApiError",
    typeof detail === "string" ? detail : `The server answered with status ${response.status}.`,
    { status: response.status, data, retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After")) },
  );
}

/** Seconds of a `Retry-After` header (RFC 9110 section 10.2.3); undefined without a valid one. */
export function retryAfterSeconds(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null || header.trim() === "") {
    return undefined;
  }
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isRetried(error: unknown): boolean {
  return (
    ApiClientError.is(error, "NetworkError") ||
    (ApiClientError.is(error, "ApiError") && RETRIED_STATUS.includes(error.status))
  );
}

/** The server's `Retry-After`, else a delay that doubles, with 50 % jitter either way. */
function retryDelay(attempt: number, error: unknown): number {
  const asked = ApiClientError.is(error) ? error.retryAfterSeconds : undefined;
  const delay = asked === undefined ? FIRST_DELAY_MILLIS * 2 ** attempt * (0.5 + Math.random()) : asked * 1000;
  return Math.min(delay, MAX_DELAY_MILLIS);
}

function pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, millis);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
