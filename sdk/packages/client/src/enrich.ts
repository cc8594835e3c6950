import { type EventOptions, uuid } from "@quotientjs/core";
import type { Identity } from "./identity.js";

/** The event with its message id, time, sender and page. Given members take precedence. */
export function enrich(event: EventOptions, identity: Identity, now: number): EventOptions & { messageId: string } {
  const page = globalThis as { document?: Document; location?: Location; navigator?: Navigator; screen?: Screen };
  const known: Partial<EventOptions> = {
    timestamp: now,
    deviceId: identity.deviceId(),
    sessionId: identity.sessionId(),
    personId: identity.personId() ?? undefined,
    browserFingerprint: identity.browserFingerprint(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language: page.navigator?.language,
    url: page.location?.href,
    path: page.location?.pathname,
    title: page.document?.title,
    referrer: page.document?.referrer || undefined,
    screenWidth: page.screen?.width,
    screenHeight: page.screen?.height,
    utm: utm(page.location?.search ?? ""),
  };
  return { ...known, ...withoutUndefined(event), messageId: event.messageId ?? uuid() } as EventOptions & {
    messageId: string;
  };
}

/** The `utm_` parameters of the page, without their prefix. */
function utm(search: string): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  new URLSearchParams(search).forEach((value, name) => {
    if (/^utm_\w{1,30}$/.test(name) && Object.keys(found).length < 20) {
      found[name.slice(4)] = value.slice(0, 256);
    }
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

function withoutUndefined(event: EventOptions): Partial<EventOptions> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
}
