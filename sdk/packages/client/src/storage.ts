/** Prefix of everything that the client keeps in the browser. */
export const PREFIX = "quotient.";

/** The part of `localStorage` that the client uses. Values survive a reload, unless the browser blocks storage. */
export interface Storage {
  get(name: string): string | null;
  /** Whether the value is stored durably; otherwise it is kept in memory. */
  set(name: string, value: string): boolean;
  remove(name: string): void;
  /** Names that start with a prefix. */
  names(prefix: string): string[];
}

/** What `localStorage` offers; a test hands in its own. */
export type WebStorage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/**
 * Storage over `localStorage`. Where that is blocked or full, values go to memory, and `onFallback` is called once.
 * A value in memory hides an older one in `localStorage`.
 */
export function openStorage(web: WebStorage | null, onFallback: (reason: unknown) => void): Storage {
  const memory = new Map<string, string>();
  let reported = false;
  const report = (reason: unknown): void => {
    if (!reported) {
      reported = true;
      onFallback(reason);
    }
  };
  if (web === null) {
    report(new Error("localStorage is not available."));
  }
  return {
    get(name) {
      const kept = memory.get(name);
      if (kept !== undefined || web === null) {
        return kept ?? null;
      }
      try {
        return web.getItem(PREFIX + name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (web !== null) {
          web.setItem(PREFIX + name, value);
          memory.delete(name);
          return true;
        }
      } catch (error) {
        report(error);
      }
      memory.set(name, value);
      return false;
    },
    remove(name) {
      memory.delete(name);
      try {
        web?.removeItem(PREFIX + name);
      } catch {
        // Blocked storage holds nothing to remove.
      }
    },
    names(prefix) {
      const found = new Set([...memory.keys()].filter((name) => name.startsWith(prefix)));
      try {
        for (let i = 0; web !== null && i < web.length; i++) {
          const name = web.key(i);
          if (name?.startsWith(PREFIX + prefix)) {
            found.add(name.slice(PREFIX.length));
          }
        }
      } catch {
        // Blocked storage holds nothing to list.
      }
      return [...found];
    },
  };
}

/** The `localStorage` of the page; null outside a browser and where access throws, as in sandboxed frames. */
export function localStorageOrNull(): WebStorage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
