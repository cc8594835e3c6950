import type { Schemas } from './api/client';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago an instant was, or how long until it comes, such as "3 minutes ago". */
export function relative(instant: string, now: number): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  return format.format(Math.trunc(seconds / size), unit);
}

/** The time a number of days after an instant, or after now if now is later. */
export function later(instant: string | null, days: number): string {
  return new Date(Math.max(Date.now(), Date.parse(instant ?? '') || 0) + days * 86_400_000).toISOString();
}

/** A number of days in words. */
export function dayCount(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

const UNITS = { minutes: 60, hours: 3_600, days: 86_400 };
export type Unit = keyof typeof UNITS;

/** The maximum time that a rotated key may live on; the server checks it too. */
export const MAX_OVERLAP_DAYS = 90;

/** A time that somebody typed in seconds, or null if it is not a whole number between 1 and the maximum. */
export function overlapSeconds(amount: string, unit: Unit): number | null {
  const seconds = /^\d{1,6}$/.test(amount.trim()) ? Number(amount) * UNITS[unit] : 0;
  return seconds > 0 && seconds <= MAX_OVERLAP_DAYS * UNITS.days ? seconds : null;
}

/** What a key that got 7 more days is told. */
export function extended({ endsOnSuccessorUse }: { endsOnSuccessorUse: boolean }): string {
  return `This key lives 7 days longer.${endsOnSuccessorUse ? ' It still ends when its successor is first used.' : ''}`;
}

/** What a field for a date and a time in UTC holds as an instant; null if it is empty. */
export function utcTime(typed: string): string | null {
  return typed.trim() === '' ? null : new Date(`${typed.trim()}Z`).toISOString();
}

/** The entries of a text, one on each line. */
export function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
}

/** Usage by hour and by day as CSV (RFC 4180), with every outcome. */
export function usageCsv({ hours, days }: { hours: Schemas['Usage'][]; days: Schemas['Usage'][] }): string {
  const rows = [['unit', 'time', 'ok', 'clientError', 'serverError', 'refused', 'rateLimited'].join(',')];
  for (const [unit, all] of [['hour', hours], ['day', days]] as const) {
    rows.push(...all.map((one) => [unit, one.time, one.ok, one.clientError, one.serverError, one.refused, one.rateLimited].join(',')));
  }
  return rows.join('\r\n') + '\r\n';
}

/** What would make a key safer. */
export function hints(key: Schemas['Key']): string[] {
  const any = key.tier === 'public' && (key.allowedOrigins.length === 0 || key.allowedOrigins.includes('*'));
  return [
    ...(any ? ['Any website can use this key. Allow only your own origins.'] : []),
    ...(key.exceedsPolicy ? ['It expires later than the policy of the business allows. Give it an earlier expiry, or rotate it.'] : []),
    ...(key.tier === 'private' && key.expiresAt === null ? ['This key never expires. Give it an expiry, or rotate it from time to time.'] : []),
    ...(key.tier === 'private' && key.scopes.includes('ALL') ? ['This key may do everything. Give it only the scopes that its program needs.'] : []),
  ];
}

/** The one route of all calls with a key, if there is only one: then the key needs few scopes. */
export function onlyRoute(callers: { route: string | null }[]): string | null {
  const routes = new Set(callers.map(({ route }) => route));
  return routes.size === 1 ? [...routes][0] ?? null : null;
}

/** What is on trial, as sentences. */
export function tried({ allowedOrigins, allowMissingOrigin, allowedIps, scopes }: Omit<Schemas['Trial'], 'since'>): string[] {
  return [
    ...(allowedOrigins ? [`Allowed origins: ${allowedOrigins.join(', ') || 'any'}`] : []),
    ...(allowMissingOrigin === null ? [] : [`Requests without an origin are ${allowMissingOrigin ? 'allowed' : 'refused'}`]),
    ...(allowedIps ? [`Allowed networks: ${allowedIps.join(', ') || 'any'}`] : []),
    ...(scopes ? [`Scopes: ${scopes.join(', ')}`] : []),
  ];
}

const CAUSES: Record<string, string> = { origin: 'by origin', origin_missing: 'without an origin', address: 'by network address', scope: 'by scope' };

/** How many requests a trial would have refused, and why. */
export function wouldRefuse({ count, byReason }: { count: number; byReason: Record<string, number> }): string {
  if (count === 0) {
    return 'No request would have been refused.';
  }
  const causes = Object.entries(byReason).map(([reason, one]) => `${one} ${CAUSES[reason] ?? 'for another reason'}`);
  return `${count === 1 ? '1 request' : `${count} requests`} would have been refused: ${causes.join(', ')}.`;
}

/** The trial that also allows what it would have refused, with the name of that; null if nothing can allow it. */
export function loosened(key: Schemas['Key'], trial: Schemas['Trial'], { reason, subject, allow }: Schemas['Refusal']): { name: string; body: Schemas['NewTrial'] } | null {
  const { since: _, ...rules } = trial;
  const body = { version: key.version, ...Object.fromEntries(Object.entries(rules).filter(([, rule]) => rule !== null)) };
  if (reason === 'origin' && allow) {
    return { name: allow.entry, body: { ...body, allowedOrigins: [...(trial.allowedOrigins ?? key.allowedOrigins), allow.entry] } };
  }
  if (reason === 'address' && allow) {
    return { name: allow.entry, body: { ...body, allowedIps: [...(trial.allowedIps ?? key.allowedIps), allow.entry] } };
  }
  if (reason === 'scope' && subject) {
    return { name: subject, body: { ...body, scopes: [...(trial.scopes ?? key.scopes), subject] } };
  }
  return reason === 'origin_missing' ? { name: 'requests without an origin', body: { ...body, allowMissingOrigin: true } } : null;
}

/** Why an event may never have reached the server, each with what to do. */
export function silence(protocol: string, apiUrl: string): string[] {
  const { host, protocol: ofServer } = new URL(apiUrl);
  return [
    'A blocker in the browser: try without extensions, or serve the script and receive events under a path of your own site.',
    `The page’s Content-Security-Policy: its connect-src must name ${apiUrl}.`,
    ...(ofServer === 'http:' ? [`A page on https cannot call ${apiUrl}: give the server an https address.`] : []),
    `The name ${host}: open ${apiUrl}/api/v0/whoami in the browser that shows the page; it must answer with 401.`,
    'The script: the console of the page shows whether it ran, and the network tab whether a request was sent.',
    ...(protocol === 'https:' && ofServer === 'http:' ? ['This dashboard uses https, but the address in the snippets does not: set dashboard.publicUrl.'] : []),
  ];
}

/** Programs that send an event with a key: with the SDKs, with fetch, and in a shell. */
export function snippets(apiUrl: string, key: string): { name: string; code: string }[] {
  const url = `${apiUrl}/api/v0/analytics`;
  const isPublic = key.startsWith('pk_');
  const curl = `curl ${url} \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\${isPublic ? `\n  -H 'Origin: https://your-site.example' \\` : ''}
  -d '{"eventType": "hello"}'`;
  const script = `await fetch('${url}', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify({ eventType: 'hello' }),
});`;
  const tag = `<script src="${apiUrl}/sdk/quotient.browser.js"></script>
<script>
  const q = Quotient.QuotientClient.init({ apiKey: "${key}", baseUrl: "${apiUrl}" });
  q.analytics.event({ eventType: "pageView" });
</script>`;
  const react = `<QuotientProvider clientOptions={{ apiKey: "${key}", baseUrl: "${apiUrl}" }} autoTrackPageViews>
  <App />
</QuotientProvider>`;
  const sdk = isPublic ? [{ name: 'Web page', code: tag }, { name: 'React (@quotientjs/react)', code: react }] : [];
  return [...sdk, { name: 'JavaScript', code: script }, { name: 'curl', code: curl }];
}
