import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, api, Failure, type Schemas } from './api/client';
import { useSession } from './App';
import { Sparkline } from './charts';
import { useFilters } from './filters';
import { Dialog, Failed, Field, Loading, Time } from './parts';
import { Secret } from './Secret';
import { usePolicy } from './SettingsPage';
import { dayCount, lines, utcTime } from './text';
import css from './parts.module.css';

const SCOPES = ['ANALYTICS_READ', 'ANALYTICS_WRITE', 'AUDIENCE_READ', 'AUDIENCE_WRITE', 'BLOG_READ', 'BLOG_WRITE', 'FLOW_TRIGGER', 'MEMORY_READ', 'MEMORY_WRITE'];

export function KeysPage() {
  const session = useSession();
  const [params, set] = useFilters();
  const search = params.get('search') ?? '';
  const tier = params.get('tier') as Schemas['Tier'] | null;
  const status = params.get('status') as Schemas['KeyStatus'] | null;
  const scope = params.get('scope') ?? '';
  const origin = params.get('origin') ?? '';
  const exceeds = params.get('exceeds') === 'policy';
  const [creating, setCreating] = useState(false);
  const keys = useInfiniteQuery({
    queryKey: ['keys', search, tier, status, scope, origin, exceeds],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET('/keys', {
      params: { query: { ...(search && { search }), ...(tier && { tier }), ...(status && { status }), ...(scope && { scope }), ...(origin && { origin }), ...(exceeds && { exceedsPolicy: true }), ...(pageParam !== null && { after: pageParam }) } },
    })),
    getNextPageParam: (page) => page.next,
  });
  const shown = keys.data?.pages.flatMap((page) => page.keys) ?? [];
  const create = session.role !== 'viewer' && (
    <button className={`${css.button} ${css.primary}`} onClick={() => setCreating(true)}>Create API key</button>
  );
  return (
    <>
      <div className={css.head}><h1>API keys</h1>{create}</div>
      <div className={css.filters}>
        <Field label="Search" name="search" type="search" value={search} onChange={(value) => set('search', value)} />
        <Choice label="Tier" value={tier ?? ''} options={['public', 'private']} choose={(value) => set('tier', value)} />
        <Choice label="Status" value={status ?? ''} options={['active', 'expiring', 'expired', 'disabled', 'revoked', 'refusing', 'limited', 'unused']} choose={(value) => set('status', value)} />
        <Choice label="Scope" value={scope} options={SCOPES} choose={(value) => set('scope', value)} />
        <Field label="Origin" name="origin" type="search" value={origin} onChange={(value) => set('origin', value)} />
        {exceeds && <label><input type="checkbox" checked onChange={() => set('exceeds', '')} /> Only keys that expire later than the policy allows</label>}
      </div>
      {keys.isPending && <Loading rows={5} />}
      {keys.isError && <Failed error={keys.error} retry={() => void keys.refetch()} />}
      {keys.isSuccess && shown.length === 0 && (
        <p className={css.panel}>{params.size > 0 ? 'No key fits these filters.' : 'A key lets a web page or an app send events to this server. Create the first one.'}</p>
      )}
      {shown.length > 0 && (
        <table className={css.table}>
          <thead><tr><th scope="col">Name</th><th scope="col">Tier</th><th scope="col">Key</th><th scope="col">Origins</th><th scope="col">Status</th><th scope="col">36 hours</th><th scope="col">Last used</th></tr></thead>
          <tbody>{shown.map((key) => (
            <tr key={key.id}>
              <td><Link href={`/settings/developers/${encodeURIComponent(key.id)}`}>{key.name}</Link></td>
              <td data-label="Tier">{key.tier}</td>
              <td data-label="Key"><code>{key.masked}</code></td>
              <td data-label="Origins">{key.tier === 'private' ? '–' : key.allowedOrigins.join(', ') || 'any'}</td>
              <td data-label="Status"><Status status={key.status} /></td>
              <td data-label="36 hours"><Sparkline values={key.requestsByHour} /></td>
              <td data-label="Last used"><Time at={key.lastUsedAt} /></td>
            </tr>
          ))}</tbody>
        </table>
      )}
      {keys.hasNextPage && <div><button className={css.button} onClick={() => void keys.fetchNextPage()}>Show more</button></div>}
      {creating && <CreateKey close={() => setCreating(false)} />}
    </>
  );
}

function Choice(props: { label: string; value: string; options: string[]; choose: (value: string) => void }) {
  return (
    <label className={css.field}>{props.label}
      <select className={css.select} value={props.value} onChange={(event) => props.choose(event.target.value)}>
        <option value="">any</option>
        {props.options.map((option) => <option key={option}>{option}</option>)}
      </select>
    </label>
  );
}

export function Status({ status }: { status: Schemas['KeyStatus'] }) {
  const tone = status === 'active' ? css.good : status === 'unused' ? css.quiet : status === 'revoked' || status === 'refusing' ? css.error : css.warn;
  return <span className={tone}>{status}</span>;
}

function CreateKey({ close }: { close: () => void }) {
  const { server } = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [origins, setOrigins] = useState('');
  const policy = usePolicy();
  const create = useMutation({
    gcTime: 0,
    mutationFn: (body: Schemas['NewKey']) => answer(api.POST('/keys', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
  if (create.data) {
    const { key, secret } = create.data;
    return <Secret title="Your API key" of={key} secret={secret} next="Send the first event" leave={() => {
      close();
      go(`/settings/developers/${encodeURIComponent(key.id)}`);
    }} />;
  }
  const issues = create.error instanceof Failure ? create.error.issues : [];
  const fault = (path: string) => issues.filter((issue) => issue.path.startsWith(path)).map((issue) => issue.message).join(' ') || undefined;
  return (
    <Dialog title="Create API key" close={close}>
      <form className={css.stack} onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const tier = form.get('kind') === 'server' ? 'private' : 'public';
        create.mutate({
          tier, name: String(form.get('name')), description: String(form.get('description')) || null, expiresAt: utcTime(String(form.get('expires') ?? '')),
          ...(tier === 'public' && { allowedOrigins: lines(origins), allowMissingOrigin: form.get('kind') === 'app' }),
        });
      }}>
        <fieldset className={css.field}>
          <legend>What do you want to connect?</legend>
          <label><input type="radio" name="kind" value="page" defaultChecked /> A web page: a public key, held to the origins below</label>
          <label><input type="radio" name="kind" value="app" /> A mobile app: a public key that needs no origin</label>
          {server.privateKeys && <label><input type="radio" name="kind" value="server" /> A server: a private key, which must stay secret</label>}
        </fieldset>
        {!server.privateKeys && <p className={css.quiet}>For a server, create a private key in a shell: <code>{server.createKeyCommand}</code></p>}
        <Field label="Name" name="name" required error={fault('name')} />
        <Field label="Description" name="description" error={fault('description')} />
        <Field label="Allowed origins" name="origins" rows={3} hint="For public keys, one on each line, such as https://example.com or *.example.com. Empty allows every page." error={fault('allowedOrigins')} onChange={setOrigins} />
        <OriginCheck entries={lines(origins)} origin={null} />
        {policy.isPending ? <Loading rows={1} /> : (
          <Field label="Expires (UTC)" name="expires" type="datetime-local" value={policy.data?.latestExpiry?.slice(0, 16) ?? ''} error={fault('expiresAt')}
            hint={policy.data?.maxLifetimeDays ? `The policy of the business lets keys live at most ${dayCount(policy.data.maxLifetimeDays)}.` : 'Empty is never.'} />
        )}
        {create.isError && issues.length === 0 && <p role="alert" className={css.error}>{create.error.message}</p>}
        <div className={css.row}>
          <button className={`${css.button} ${css.primary}`} disabled={create.isPending}>Create key</button>
          <button type="button" className={css.button} onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}

/** What the server's own matcher says of entries, and of an origin tried against them. */
export function OriginCheck({ entries, origin }: { entries: string[]; origin: string | null }) {
  const check = useQuery({
    queryKey: ['origins', entries, origin],
    enabled: entries.length > 0 || origin !== null,
    placeholderData: (before) => before,
    queryFn: () => answer(api.POST('/origins/check', { body: { entries: entries.slice(0, 100), origin } })),
  });
  if (check.isError) {
    return <p role="alert" className={css.error}>{check.error.message}</p>;
  }
  const test = check.data?.test;
  return (
    <div role="status" className={css.stack}>
      {origin === null && entries.length > 0 && check.data?.entries.map((entry, at) => (
        <p key={at} className={entry.problem === null ? css.quiet : css.error}><code>{entry.entry}</code>: {entry.problem ?? entry.explanation}</p>
      ))}
      {origin !== null && test && <p className={test.allowed ? css.good : css.error}>{test.explanation}</p>}
    </div>
  );
}
