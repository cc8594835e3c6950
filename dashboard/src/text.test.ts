import { expect, test } from 'vitest';
import { extended, hints, later, lines, loosened, onlyRoute, overlapSeconds, relative, silence, snippets, tried, usageCsv, wouldRefuse } from './text';

test('A time is told in the largest unit that fits', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(relative('2026-01-01T23:57:00Z', now)).toBe('3 minutes ago');
  expect(relative('2026-01-01T22:30:00Z', now)).toBe('1 hour ago');
  expect(relative('2026-01-05T00:00:00Z', now)).toBe('in 3 days');
});

test('A rotated key lives on for a whole number of minutes, hours or days, 90 days at most', () => {
  expect(overlapSeconds('30', 'minutes')).toBe(1_800);
  expect(overlapSeconds(' 36 ', 'hours')).toBe(129_600);
  expect(overlapSeconds('90', 'days')).toBe(7_776_000);
  for (const amount of ['', '0', '-1', '1.5', '1e3', 'x', '91', '9999999']) {
    expect(overlapSeconds(amount, 'days'), amount).toBeNull();
  }
});

test('A key that ends at the first use of its successor is told so when it gets more time', () => {
  expect(extended({ endsOnSuccessorUse: false })).toBe('This key lives 7 days longer.');
  expect(extended({ endsOnSuccessorUse: true })).toBe('This key lives 7 days longer. It still ends when its successor is first used.');
});

test('Empty lines are no entries', () => {
  expect(lines(' https://a.example \r\n\n*.b.example\n')).toEqual(['https://a.example', '*.b.example']);
});

test('Snippets carry the key and the address of the server', () => {
  for (const { code } of snippets('https://api.example', 'pk_x')) {
    expect(code).toContain('https://api.example');
    expect(code).toContain('pk_x');
  }
});

test('Silence is explained by what concerns this page and this server', () => {
  expect(silence('http:', 'https://api.example').join(' ')).toContain('connect-src must name https://api.example');
  expect(silence('http:', 'https://api.example').join(' ')).not.toContain('A page on https');
  expect(silence('http:', 'http://api.example').join(' ')).toContain('A page on https cannot call http://api.example');
  expect(silence('https:', 'http://api.example').join(' ')).toContain('dashboard.publicUrl');
});

test('Usage is downloaded with every outcome of every hour and day', () => {
  const one = { time: '2026-01-01T00:00:00Z', ok: 1, clientError: 2, serverError: 3, refused: 4, rateLimited: 5 };
  expect(usageCsv({ hours: [one], days: [{ ...one, ok: 9 }] })).toBe(
    'unit,time,ok,clientError,serverError,refused,rateLimited\r\nhour,2026-01-01T00:00:00Z,1,2,3,4,5\r\nday,2026-01-01T00:00:00Z,9,2,3,4,5\r\n');
});

test('A key that may do more than it should is told so', () => {
  const safe = { tier: 'public', allowedOrigins: ['https://a.example'], scopes: ['ALL'], expiresAt: null } as unknown as Parameters<typeof hints>[0];
  expect(hints(safe)).toEqual([]);
  expect(hints({ ...safe, allowedOrigins: [] })).toHaveLength(1);
  expect(hints({ ...safe, exceedsPolicy: true }).join(' ')).toContain('later than the policy');
  expect(hints({ ...safe, tier: 'private' })).toHaveLength(2);
  expect(hints({ ...safe, tier: 'private', scopes: ['ANALYTICS_WRITE'], expiresAt: '2030-01-01T00:00:00Z' })).toEqual([]);
});

test('A longer life counts from its end, or from now when that is over', () => {
  const end = new Date(Date.now() + 86_400_000).toISOString();
  expect(later(end, 7)).toBe(new Date(Date.parse(end) + 7 * 86_400_000).toISOString());
  expect(Date.parse(later('2020-01-01T00:00:00Z', 7))).toBeGreaterThan(Date.now() + 6 * 86_400_000);
  expect(Date.parse(later(null, 7))).toBeGreaterThan(Date.now() + 6 * 86_400_000);
});

test('A trial says what it tries and how many requests it would have refused', () => {
  expect(tried({ allowedOrigins: [], allowMissingOrigin: false, allowedIps: null, scopes: ['BLOG_READ'] })).toEqual([
    'Allowed origins: any', 'Requests without an origin are refused', 'Scopes: BLOG_READ']);
  expect(tried({ allowedOrigins: null, allowMissingOrigin: null, allowedIps: ['192.0.2.1'], scopes: null })).toEqual(['Allowed networks: 192.0.2.1']);
  expect(wouldRefuse({ count: 0, byReason: {} })).toBe('No request would have been refused.');
  expect(wouldRefuse({ count: 1, byReason: { scope: 1 } })).toBe('1 request would have been refused: 1 by scope.');
  expect(wouldRefuse({ count: 5, byReason: { origin: 3, origin_missing: 2 } })).toBe(
    '5 requests would have been refused: 3 by origin, 2 without an origin.');
});

test('A trial is loosened by what it would have refused, and keeps the rest', () => {
  const key = { version: 7, allowedOrigins: ['https://a.example'], allowedIps: [], scopes: ['ALL'] } as unknown as Parameters<typeof loosened>[0];
  const trial = { since: '2026-01-01T00:00:00Z', allowedOrigins: ['https://b.example'], allowMissingOrigin: null, allowedIps: null, scopes: ['BLOG_READ'] };
  const refusal = (reason: string, subject: string | null, entry?: string) =>
    ({ reason, subject, allow: entry === undefined ? null : { entry, warning: null } }) as unknown as Parameters<typeof loosened>[2];
  expect(loosened(key, trial, refusal('origin', 'https://c.example', 'https://c.example'))).toEqual({
    name: 'https://c.example', body: { version: 7, allowedOrigins: ['https://b.example', 'https://c.example'], scopes: ['BLOG_READ'] } });
  expect(loosened(key, trial, refusal('scope', 'FLOW_TRIGGER'))?.body.scopes).toEqual(['BLOG_READ', 'FLOW_TRIGGER']);
  expect(loosened(key, { ...trial, allowedIps: ['192.0.2.1'] }, refusal('address', '192.0.2.2', '192.0.2.2'))?.body.allowedIps).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(loosened(key, trial, refusal('origin_missing', null))?.body).toEqual({ version: 7, allowedOrigins: ['https://b.example'], scopes: ['BLOG_READ'], allowMissingOrigin: true });
  expect(loosened(key, trial, refusal('origin', null))).toBeNull();
});

test('The scopes of a key are too many when every call was of one route', () => {
  expect(onlyRoute([{ route: 'POST /analytics' }, { route: 'POST /analytics' }])).toBe('POST /analytics');
  expect(onlyRoute([{ route: 'POST /analytics' }, { route: 'GET /whoami' }])).toBeNull();
  expect(onlyRoute([{ route: null }])).toBeNull();
  expect(onlyRoute([])).toBeNull();
});
