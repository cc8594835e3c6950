import createClient from 'openapi-fetch';
import type { components, paths } from './types';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** Where the dashboard is for this browser; the server fills it in. */
export const base = document.querySelector<HTMLMetaElement>('meta[name=base-path]')?.content ?? '/dashboard';

let csrfToken: string | null = null;

/** Remembers the token that every later change needs. */
export function rememberToken(token: string | null) {
  csrfToken = token;
}

export const api = createClient<paths>({ baseUrl: `${base}/api` });
api.use({
  onRequest({ request }) {
    if (csrfToken !== null && request.method !== 'GET') {
      request.headers.set('X-CSRF-Token', csrfToken);
    }
    return request;
  },
});

/** A refused or failed request; the message is a sentence for a person. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly issues: { path: string; message: string }[] = [],
  ) {
    super(message);
  }
}

/** The answer of a request, or a Failure. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await call.catch(() => {
    throw new Failure('The server does not answer. Check the connection, then try again.', 'NETWORK');
  });
  if (data !== undefined) {
    return data;
  }
  const problem = error as Partial<Problem> | undefined;
  throw new Failure(problem?.detail ?? 'The server gave no reason.', problem?.code ?? 'UNKNOWN', problem?.issues);
}
