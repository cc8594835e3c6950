import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { answer, api, type Schemas } from './api/client';
import { Copyable, Time } from './parts';
import { silence, snippets } from './text';
import css from './parts.module.css';

/** How long a page waits for the first event before it names what the server cannot see. */
const PATIENCE_MILLIS = 60_000;

interface Activity {
  cursor: string;
  event: Schemas['Event'] | null;
  refusal: Schemas['Refusal'] | null;
}

/** Listens to a key: the accepted event, or why it was refused with what repairs it, within a second. */
export function FirstEvent({ of, apiUrl, repair }: { of: Schemas['Key']; apiUrl: string; repair: (refusal: Schemas['Refusal']) => ReactNode }) {
  const { event, refusal, error, silent } = useActivity(of.id);
  const refusedLast = refusal !== null && (event === null || Date.parse(refusal.lastSeenAt) > Date.parse(event.receivedAt));
  return (
    <section className={css.panel} aria-label="Send an event">
      <h2>Send an event</h2>
      <p role="status" className={event ? css.good : css.quiet}>
        {error ? error.message : event ? <>The last event was “{event.eventType}”, received <Time at={event.receivedAt} />.</> : 'Waiting for the first event of this key …'}
      </p>
      {refusedLast && (
        <div role="alert" className={css.stack}>
          <p className={css.error}>A request was refused <Time at={refusal.lastSeenAt} />: {refusal.subject ?? refusal.reason.replaceAll('_', ' ')}</p>
          <p>{refusal.explanation}</p>
          {repair(refusal)}
        </div>
      )}
      {silent && event === null && !refusedLast && (
        <div role="status" className={css.stack}>
          <p>Nothing has come for a minute. The server cannot see these; look for them one by one:</p>
          <ul>{silence(location.protocol, apiUrl).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </div>
      )}
      {of.key && snippets(apiUrl, of.key).map(({ name, code }) => (
        <details key={name}><summary>{name}</summary><Copyable text={code} label={`Copy ${name}`} /></details>
      ))}
    </section>
  );
}

/** The latest of a key. Each question waits on the server until there is something new. */
function useActivity(id: string) {
  const queries = useQueryClient();
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSilent(true), PATIENCE_MILLIS);
    return () => clearTimeout(timer);
  }, [id]);
  const seen = useQuery({
    queryKey: ['activity', id], refetchInterval: 250, gcTime: 0,
    queryFn: async ({ signal }): Promise<Activity> => {
      const before = queries.getQueryData<Activity>(['activity', id]);
      const found = await answer(api.GET('/keys/{keyId}/activity', {
        params: { path: { keyId: id }, query: before ? { after: before.cursor } : {} }, signal,
      }));
      if (found.refusal) {
        void queries.invalidateQueries({ queryKey: ['refusals', id] });
      }
      return { cursor: found.cursor, event: found.event ?? before?.event ?? null, refusal: found.refusal ?? before?.refusal ?? null };
    },
  });
  return { event: seen.data?.event ?? null, refusal: seen.data?.refusal ?? null, error: seen.error, silent };
}

/** Allows an origin; one that looks like a mistake or a trick only after a warning. */
export function Allow(props: { allow: { entry: string; warning: string | null }; known: string[]; where?: string; busy: boolean; act: (entry: string) => void }) {
  const [warned, setWarned] = useState(false);
  const { entry, warning } = props.allow;
  const name = `Allow ${entry}${props.where ?? ''}`;
  if (props.known.includes(entry)) {
    return <p className={css.good}>Allowed now.</p>;
  }
  return (
    <div className={css.stack}>
      {warned && <p role="alert" className={css.warn}>{warning}</p>}
      <div><button className={css.button} disabled={props.busy} onClick={() => warning === null || warned ? props.act(entry) : setWarned(true)}>{warned ? `${name} all the same` : name}</button></div>
    </div>
  );
}
