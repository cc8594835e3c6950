import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, Failure, type Schemas } from './api/client';
import { Chart, type Bar } from './charts';
import { OriginCheck } from './KeysPage';
import { Dialog, download, Failed, Field, Loading, Time } from './parts';
import { Secret } from './Secret';
import { usePolicy } from './SettingsPage';
import { dayCount, lines, MAX_OVERLAP_DAYS, overlapSeconds, usageCsv, utcTime, type Unit } from './text';
import css from './parts.module.css';

const OUTCOMES = ['served', 'refused', 'failed'];

function bars(usage: Schemas['Usage'][]): Bar[] {
  return usage.map((one) => ({ time: one.time, values: [one.ok + one.clientError, one.refused + one.rateLimited, one.serverError] }));
}

export function Usage({ id }: { id: string }) {
  const usage = useQuery({ queryKey: ['usage', id], refetchInterval: 15_000, queryFn: ({ signal }) => answer(api.GET('/keys/{keyId}/usage', { params: { path: { keyId: id } }, signal })) });
  return (
    <section className={css.panel} aria-label="Usage">
      <h2>Usage</h2>
      {usage.isPending && <Loading rows={2} />}
      {usage.isError && <Failed error={usage.error} retry={() => void usage.refetch()} />}
      {usage.data && <>
        <Chart title="Requests in 72 hours" unit="hour" names={OUTCOMES} bars={bars(usage.data.hours)} />
        <Chart title="Requests in 90 days" unit="day" names={OUTCOMES} bars={bars(usage.data.days)} />
        <div><button className={css.button} onClick={() => download(`usage-${id}.csv`, usageCsv(usage.data))}>Download CSV</button></div>
      </>}
    </section>
  );
}

export function Audit({ id }: { id: string }) {
  const audit = useInfiniteQuery({
    queryKey: ['audit', id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET('/keys/{keyId}/audit', { params: { path: { keyId: id }, query: pageParam === null ? {} : { after: pageParam } } })),
    getNextPageParam: (page) => page.next,
  });
  return (
    <section className={css.stack} aria-label="Audit">
      <h2>Who did what</h2>
      {audit.isError && <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audit.data?.pages.flatMap((page) => page.entries).map((entry) => (
        <details className={css.panel} key={entry.id}>
          <summary>{entry.action.replaceAll('_', ' ')} by {entry.actor} from {entry.source}, <Time at={entry.at} /></summary>
          <pre><code>{JSON.stringify({ before: entry.before, after: entry.after }, null, 2)}</code></pre>
        </details>
      ))}
      {audit.hasNextPage && <div><button className={css.button} onClick={() => void audit.fetchNextPage()}>Show more</button></div>}
    </section>
  );
}

/** The value of the button that tries what the other one saves. */
const TRY = 'try';

type Changed = (done: { key: Schemas['Key'] }, sentence: string) => void;

/** What a key may do; saving an outdated version shows what somebody else has changed meanwhile. */
export function Restrictions({ known, close, changed, reload }: { known: Schemas['Key']; close: () => void; changed: Changed; reload: () => void }) {
  const [origins, setOrigins] = useState(known.allowedOrigins.join('\n'));
  const isPublic = known.tier === 'public';
  const save = useMutation({
    mutationFn: ({ tries, rules, limits }: { tries: boolean; rules: Schemas['NewTrial']; limits: Pick<Schemas['KeyChange'], 'rateLimit' | 'expiresAt'> }) => {
      const params = { path: { keyId: known.id } };
      return answer(tries ? api.PUT('/keys/{keyId}/trial', { params, body: rules }) : api.PATCH('/keys/{keyId}', { params, body: { ...rules, ...limits } }));
    },
    onSuccess: (done, { tries }) => {
      close();
      changed(done, tries ? 'The restrictions are on trial.' : 'The restrictions are changed.');
    },
  });
  const issues = save.error instanceof Failure ? save.error.issues : [];
  const fault = (path: string) => issues.filter((issue) => issue.path.startsWith(path)).map((issue) => issue.message).join(' ') || undefined;
  const conflict = save.error instanceof Failure && save.error.code === 'CONFLICT';
  return (
    <Dialog title={`Restrict ${known.name}`} close={close}>
      <form className={css.stack} onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const text = (name: string) => String(form.get(name) ?? '').trim();
        const limit = text('limit');
        const { submitter } = event.nativeEvent as SubmitEvent;
        const rules = {
          version: known.version,
          scopes: text('scopes').split(/[\s,]+/).filter((scope) => scope !== ''),
          ...(isPublic ? { allowedOrigins: lines(origins), allowMissingOrigin: form.get('missing') === 'on' } : { allowedIps: lines(text('ips')) }),
        };
        const limits = {
          rateLimit: limit === '' ? null : { limit: Number(limit), windowSeconds: Number(text('window') || 60) },
          // The field knows no seconds, and an expiry that stays is not held to the policy.
          ...(text('expires') !== (known.expiresAt?.slice(0, 16) ?? '') && { expiresAt: utcTime(text('expires')) }),
        };
        save.mutate({ tries: submitter instanceof HTMLButtonElement && submitter.value === TRY, rules, limits });
      }}>
        {isPublic && <>
          <Field label="Allowed origins" name="origins" rows={3} value={origins} hint="One on each line. Empty allows every page." error={fault('allowedOrigins')} onChange={setOrigins} />
          <OriginCheck entries={lines(origins)} origin={null} />
          <label><input type="checkbox" name="missing" defaultChecked={known.allowMissingOrigin} /> Requests without an origin are allowed, as from mobile apps</label>
        </>}
        {!isPublic && <Field label="Allowed networks" name="ips" rows={3} value={known.allowedIps.join('\n')} hint="One on each line, such as 203.0.113.0/24. Empty allows every address." error={fault('allowedIps')} />}
        <Field label="Scopes" name="scopes" value={known.scopes.join(' ')} hint="Separated by spaces. ALL means every scope of the tier." required error={fault('scopes')} />
        <Field label="Rate limit, requests" name="limit" type="number" value={String(known.rateLimit?.limit ?? '')} hint="Empty is no limit." error={fault('rateLimit')} />
        <Field label="In seconds" name="window" type="number" value={String(known.rateLimit?.windowSeconds ?? 60)} />
        <Field label="Expires (UTC)" name="expires" type="datetime-local" value={known.expiresAt?.slice(0, 16) ?? ''} hint="Empty is never." error={fault('expiresAt')} />
        {conflict && (
          <div role="alert" className={css.warn}>
            <p>{save.error?.message}</p>
            <button type="button" className={css.button} onClick={() => {
              close();
              reload();
            }}>Show what it is now</button>
          </div>
        )}
        {save.isError && !conflict && issues.length === 0 && <p role="alert" className={css.error}>{save.error.message}</p>}
        <p className={css.quiet}>A trial refuses nothing: it counts the requests that {isPublic ? 'the origins and scopes' : 'the networks and scopes'} would refuse. Rate limit and expiry cannot be tried.</p>
        <div className={css.row}>
          <button className={`${css.button} ${css.primary}`} disabled={save.isPending}>Save</button>
          <button className={css.button} value={TRY} disabled={save.isPending}>Try without enforcing</button>
          <button type="button" className={css.button} onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}

const OVERLAPS: [string, string, number][] = [
  ['0', 'End it at once', 0],
  ['1h', 'Keep it for an hour', 3_600],
  ['24h', 'Keep it for a day', 86_400],
  ['7d', 'Keep it for 7 days', 604_800],
];
const OWN = 'own';

/** Creates a successor with the same rights. A private one is shown only here. */
export function Rotate({ known, close, opened }: { known: Schemas['Key']; close: () => void; opened: (id: string) => void }) {
  const [chosen, choose] = useState('24h');
  const [fault, setFault] = useState<string>();
  const policy = usePolicy();
  const latest = policy.data?.latestExpiry ?? null;
  const rotate = useMutation({
    gcTime: 0,
    mutationFn: (body: { overlapSeconds: number; endsOnSuccessorUse: boolean }) => answer(api.POST('/keys/{keyId}/rotate', { params: { path: { keyId: known.id } }, body })),
  });
  if (rotate.data) {
    const { key, secret } = rotate.data;
    return <Secret title="The successor" of={key} secret={secret} next="Go to the successor" leave={() => opened(key.id)} />;
  }
  return (
    <Dialog title={`Rotate ${known.name}?`} close={close}>
      <form className={css.stack} noValidate onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const seconds = chosen === OWN
          ? overlapSeconds(String(form.get('amount')), form.get('unit') as Unit)
          : OVERLAPS.find(([id]) => id === chosen)?.[2] ?? null;
        setFault(seconds === null ? `Give a whole number of at least 1 that makes at most ${MAX_OVERLAP_DAYS} days.` : undefined);
        if (seconds !== null) {
          rotate.mutate({ overlapSeconds: seconds, endsOnSuccessorUse: form.get('used') === 'on' });
        }
      }}>
        <p>A successor with the same rights is created. What becomes of the old key?</p>
        {latest !== null && (known.expiresAt === null || Date.parse(known.expiresAt) > Date.parse(latest)) && (
          <p className={css.warn}>The policy of the business lets keys live at most {dayCount(policy.data?.maxLifetimeDays ?? 0)}: the successor expires <Time at={latest} />.</p>
        )}
        <fieldset className={css.field}>
          <legend className={css.hidden}>The old key</legend>
          {[...OVERLAPS, [OWN, 'Keep it for another time'] as const].map(([id, name]) => (
            <label key={id}><input type="radio" name="overlap" value={id} checked={chosen === id} onChange={() => choose(id)} /> {name}</label>
          ))}
        </fieldset>
        {chosen === OWN && (
          <div className={css.row}>
            <Field label="How long" name="amount" type="number" value="30" hint={`At most ${MAX_OVERLAP_DAYS} days.`} error={fault} />
            <label className={css.field}>Unit<select className={css.select} name="unit" defaultValue="days">{['minutes', 'hours', 'days'].map((unit) => <option key={unit}>{unit}</option>)}</select></label>
          </div>
        )}
        {chosen !== '0' && <label><input type="checkbox" name="used" /> End it earlier, as soon as the successor is first used</label>}
        {rotate.isError && <p role="alert" className={css.error}>{rotate.error.message}</p>}
        <div className={css.row}>
          <button className={`${css.button} ${css.primary}`} disabled={rotate.isPending}>Rotate</button>
          <button type="button" className={css.button} onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
