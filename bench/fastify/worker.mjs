// What a team on Node would write for the endpoints that are compared: Fastify, and a cache in front of pg.
import { createHash, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { LRUCache } from 'lru-cache';
import pg from 'pg';

const BEARER = 'Bearer ';
const CHALLENGE = 'Bearer realm="quotient"';
const PUBLIC_SCOPES = ['ANALYTICS_WRITE', 'AUDIENCE_WRITE', 'BLOG_READ', 'FLOW_TRIGGER'];
const FIND = `
  SELECT api_key.id, api_key.name, business_id, business.name AS business_name, tier, scopes, allowed_origins,
      rate_limit, rate_window_seconds, expires_at
  FROM api_key JOIN business ON business.id = business_id
  WHERE hash = $1 AND status = 'active'`;

const database = new pg.Pool({ connectionString: process.env.DATABASE_URL });

// Unknown keys are remembered, too. A change of a key takes ten minutes to arrive.
const keys = new LRUCache({ max: 100_000, ttl: 10 * 60_000 });

function find(text) {
  let found = keys.get(text);
  if (found === undefined) {
    found = load(text);
    found.catch(() => keys.delete(text));
    keys.set(text, found);
  }
  return found;
}

async function load(text) {
  const hash = createHash('sha256').update(text).digest();
  const { rows } = await database.query({ name: 'find', text: FIND, values: [hash] });
  return rows.length === 0 ? null : read(rows[0]);
}

function read(row) {
  const isPublic = row.tier === 'pk';
  const all = row.scopes.includes('ALL');
  return {
    id: row.id,
    name: row.name,
    businessId: row.business_id,
    businessName: row.business_name,
    isPublic,
    scopes: row.scopes,
    effectiveScopes: isPublic && all ? PUBLIC_SCOPES : row.scopes,
    holds: (scope) => row.scopes.includes(scope) || (!isPublic && all),
    origins: row.allowed_origins,
    limit: row.rate_limit,
    windowSeconds: row.rate_window_seconds,
    expiresAt: row.expires_at,
    used: 0,
  };
}

// The rule that allows an origin: a domain allows itself and its subdomains on the default port.
function matchOrigin(key, origin) {
  let url;
  try {
    url = new URL(origin);
  } catch {
    return null;
  }
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.port !== '') {
    return null;
  }
  return key.origins.find((rule) => url.hostname === rule || url.hostname.endsWith('.' + rule)) ?? null;
}

function refuse(reply, status, code, title, detail, members) {
  const type = '/problems/' + code.toLowerCase().replaceAll('_', '-');
  reply.code(status).type('application/problem+json');
  return reply.send({ type, title, status, detail, code, ...members });
}

function unauthorized(reply, challenge) {
  reply.header('WWW-Authenticate', challenge);
  return refuse(reply, 401, 'UNAUTHORIZED', 'A valid API key is required', 'The API key is not valid.');
}

// Lets a request through when its key, its origin, its scope and its rate allow it, in this order.
async function authorize(request, reply) {
  const { authorization, origin } = request.headers;
  reply.header('X-Request-Id', request.id).header('Vary', 'Origin').header('Cache-Control', 'no-store');
  if (origin !== undefined) {
    reply
      .header('Access-Control-Allow-Origin', origin)
      .header('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy');
  }
  if (!authorization?.startsWith(BEARER)) {
    return unauthorized(reply, CHALLENGE);
  }
  const key = await find(authorization.slice(BEARER.length));
  if (key === null || (key.expiresAt !== null && key.expiresAt < Date.now())) {
    return unauthorized(reply, `${CHALLENGE}, error="invalid_token"`);
  }
  const rule = origin === undefined ? null : matchOrigin(key, origin);
  if (key.isPublic && rule === null) {
    const detail = 'The API key does not allow the origin of this request.';
    return refuse(reply, 403, 'ORIGIN_NOT_ALLOWED', 'The origin is not allowed', detail, { origin });
  }
  const { scope } = request.routeOptions.config;
  if (scope !== undefined && !key.holds(scope)) {
    reply.header('WWW-Authenticate', `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`);
    return refuse(reply, 403, 'SCOPE_MISMATCH', 'The key lacks a scope', `The API key lacks the scope ${scope}.`, {
      requiredScopes: [scope],
      scopes: key.effectiveScopes,
    });
  }
  // Counts for this process only. The window never ends within a benchmark.
  if (key.limit !== null && ++key.used > key.limit) {
    reply
      .header('Retry-After', key.windowSeconds)
      .header('RateLimit', `"default";r=0;t=${key.windowSeconds}`)
      .header('RateLimit-Policy', `"default";q=${key.limit};w=${key.windowSeconds}`);
    const detail = `The API key has used up its ${key.limit} requests in ${key.windowSeconds} seconds; try again later.`;
    return refuse(reply, 429, 'RATE_LIMITED', 'Too many requests', detail);
  }
  request.key = key;
  request.rule = rule;
}

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const nullable = (properties) => ({ type: 'object', nullable: true, properties });
const whoami = {
  type: 'object',
  properties: {
    businessId: text,
    keyType: text,
    scopes: texts,
    businessName: text,
    keyId: text,
    keyName: text,
    expiresAt: { type: 'string', format: 'date-time', nullable: true },
    effectiveScopes: texts,
    origin: nullable({ value: text, allowed: { type: 'boolean' }, matchedRule: { type: 'string', nullable: true } }),
    rateLimit: nullable({
      limit: { type: 'integer' },
      windowSeconds: { type: 'integer' },
      remaining: { type: 'integer' },
    }),
    serverTime: text,
  },
};

const app = Fastify({ genReqId: () => randomUUID() });
app.decorateRequest('key', null);
app.decorateRequest('rule', null);
app.addHook('onRequest', authorize);
app.get('/api/v0/whoami', { schema: { response: { 200: whoami } } }, async ({ key, rule, headers: { origin } }) => ({
  businessId: key.businessId,
  keyType: key.isPublic ? 'public' : 'private',
  scopes: key.scopes,
  businessName: key.businessName,
  keyId: key.id,
  keyName: key.name,
  expiresAt: key.expiresAt,
  effectiveScopes: key.effectiveScopes,
  origin: origin === undefined ? null : { value: origin, allowed: true, matchedRule: rule },
  rateLimit:
    key.limit === null
      ? null
      : { limit: key.limit, windowSeconds: key.windowSeconds, remaining: Math.max(0, key.limit - key.used) },
  serverTime: new Date().toISOString(),
}));
// Only its refusals are compared.
app.get('/api/v0/analytics/events', { config: { scope: 'ANALYTICS_READ' } }, (request, reply) => reply.callNotFound());

await app.listen({ host: process.env.HOST, port: Number(process.env.PORT) });
