import { ApiClientError } from "./errors.js";

const KEY = /^(pk|sk)_[A-Za-z0-9_-]{20,40}$/;

/** What an SDK accepts: `pk_` keys in the client, `sk_` keys in the server. */
export type KeyTier = "public" | "private";

/** The fault of a key for an SDK that takes keys of one tier; null when there is none. */
export function keyFault(key: unknown, tier: KeyTier): ApiClientError | null {
  const wanted = tier === "public" ? "pk_" : "sk_";
  if (typeof key !== "string" || !KEY.test(key)) {
    return new ApiClientError(
      "InvalidApiKey",
      `The API key is not a Quotient key. Copy the whole ${wanted} key from Settings → Developers.`,
    );
  }
  if (key.startsWith(wanted)) {
    return null;
  }
  return new ApiClientError(
    "InvalidApiKeyType",
    tier === "public"
      ? "The API key is a private (sk_) key. A page must use a public (pk_) key; revoke this key if a page has shown it."
      : "The API key is a public (pk_) key. A server uses a private (sk_) key.",
  );
}
