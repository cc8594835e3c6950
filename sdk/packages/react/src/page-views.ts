import type { QuotientClient } from "@quotientjs/client";

/** The URL of the last page view of each client, so that mounting again at the same URL sends nothing. */
const seen = new WeakMap<QuotientClient, string>();

/** Sends a `pageView` now, and whenever the URL changes, until the returned function is called. */
export function trackPageViews(client: QuotientClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    const url = currentUrl();
    if (seen.get(client) !== url) {
      seen.set(client, url);
      client.analytics.event({ eventType: "pageView" }).catch((error: unknown) => console.error(error));
    }
  };
  // Deferred: a router may change the URL while React renders, and sets the title after it.
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, 0);
  };
  const stop = onUrlChange(changed);
  changed();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What identifies a page: the path, the query, and the hash if a router keeps its path there. */
function currentUrl(): string {
  const { pathname, search, hash } = window.location;
  return pathname + search + (/^#[/!]/.test(hash) ? hash : "");
}

function onUrlChange(listener: () => void): () => void {
  const navigation = (window as { navigation?: EventTarget }).navigation;
  if (navigation !== undefined) {
    navigation.addEventListener("currententrychange", listener);
    return () => navigation.removeEventListener("currententrychange", listener);
  }
  patchHistory();
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  window.addEventListener("hashchange", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
    window.removeEventListener("hashchange", listener);
  };
}

const listeners = new Set<() => void>();
let patched = false;

/** Browsers without the Navigation API do not report `pushState`. Patched once, whatever mounts and unmounts. */
function patchHistory(): void {
  if (patched) {
    return;
  }
  patched = true;
  for (const name of ["pushState", "replaceState"] as const) {
    const original = window.history[name];
    window.history[name] = function (this: History, ...args: Parameters<History["pushState"]>) {
      original.apply(this, args);
      listeners.forEach((listener) => listener());
    };
  }
}
