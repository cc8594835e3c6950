/** The kinds of errors that a call can reject with. */
export type ErrorKind = "ApiError" | "InvalidApiKey" | "InvalidApiKeyType" | "NetworkError";

/** An error of kind `ApiError`: the server answered with a problem (RFC 9457). */
export interface ApiError extends ApiClientError {
  readonly kind: "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The whole parsed body; undefined when it is not JSON. */
  readonly data: unknown;
}

interface ErrorsByKind {
  ApiError: ApiError;
  InvalidApiKey: ApiClientError & { readonly kind: "InvalidApiKey" };
  InvalidApiKeyType: ApiClientError & { readonly kind: "InvalidApiKeyType" };
  NetworkError: ApiClientError & { readonly kind: "NetworkError" };
}

/** Registered globally, so that errors of an ESM and a CJS copy of this package recognise each other. */
const BRAND = Symbol.for("quotient.ApiClientError");

/** What every call of the SDKs rejects with. The message never holds a key. */
export class ApiClientError extends Error {
  readonly kind: ErrorKind;
  readonly status: number | undefined;
  readonly data: unknown;
  /** Seconds that the server asks to wait before the next attempt; undefined when it does not ask. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    details: { status?: number; data?: unknown; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message);
    this.name = "ApiClientError";
    this.kind = kind;
    this.status = details.status;
    this.data = details.data;
    this.retryAfterSeconds = details.retryAfterSeconds;
    if (details.cause !== undefined) {
      Object.defineProperty(this, "cause", { value: details.cause, enumerable: false, configurable: true });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether `error` is an error of the SDKs, of the given kind where one is given. */
  static is<K extends ErrorKind>(error: unknown, kind: K): error is ErrorsByKind[K];
  static is(error: unknown): error is ApiClientError;
  static is(error: unknown, kind?: ErrorKind): boolean {
    if (typeof error !== "object" || error === null || !(BRAND in error)) {
      return false;
    }
    return kind === undefined || (error as unknown as ApiClientError).kind === kind;
  }
}
