import { uuid } from "@quotientjs/core";
import type { Storage } from "./storage.js";

/** A session ends after this many milliseconds without an event. */
const SESSION_IDLE_MILLIS = 30 * 60_000;

const DEVICE = "deviceId";
const SESSION = "session";
const PERSON = "personId";

/** The visitor, as far as the page knows. Values stay in the browser's storage; there are no cookies. */
export interface IdentityStore {
  /** Random, the same until `clear`. */
  deviceId(): string;
  /** Random, new after 30 idle minutes. */
  sessionId(): string;
  /** The person of the last upsert; null before. */
  personId(): string | null;
  /** A hash of the browser's language, screen and time zone; many visitors share one. */
  browserFingerprint(): string;
  /** Forgets all of these, as when a user signs out. */
  clear(): void;
}

export interface Identity extends IdentityStore {
  setPersonId(personId: string): void;
}

/** Values of a visitor who is opted out are kept in `memory` and lost when the page closes. */
export function createIdentity(
  durable: Storage,
  memory: Storage,
  isOptedOut: () => boolean,
  now: () => number,
): Identity {
  const storage = (): Storage => (isOptedOut() ? memory : durable);
  const startSession = (): string => {
    const id = uuid();
    storage().set(SESSION, JSON.stringify({ id, at: now() }));
    return id;
  };
  return {
    deviceId() {
      let id = storage().get(DEVICE);
      if (id === null) {
        id = uuid();
        storage().set(DEVICE, id);
      }
      return id;
    },
    sessionId() {
      try {
        const session = JSON.parse(storage().get(SESSION) ?? "null") as { id: string; at: number } | null;
        if (session !== null && Math.abs(now() - session.at) < SESSION_IDLE_MILLIS) {
          storage().set(SESSION, JSON.stringify({ id: session.id, at: now() }));
          return session.id;
        }
      } catch {
        // Something else wrote there.
      }
      return startSession();
    },
    personId: () => storage().get(PERSON),
    setPersonId: (personId) => void storage().set(PERSON, personId),
    browserFingerprint: fingerprint,
    clear() {
      for (const name of [DEVICE, SESSION, PERSON]) {
        durable.remove(name);
        memory.remove(name);
      }
    },
  };
}

function fingerprint(): string {
  const { navigator, screen } = globalThis as { navigator?: Navigator; screen?: Screen };
  const parts = [
    navigator?.userAgent,
    navigator?.language,
    navigator?.hardwareConcurrency,
    screen?.width,
    screen?.height,
    screen?.colorDepth,
    new Date().getTimezoneOffset(),
  ];
  return hash(parts.join("|"));
}

/** Two runs of FNV-1a with different starts, 64 bits in hexadecimal. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
