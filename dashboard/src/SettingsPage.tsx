import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answer, api } from './api/client';
import { useSession } from './App';
import { Failed, Field, Loading, Time } from './parts';
import { dayCount } from './text';
import css from './parts.module.css';

/** The longest maximum; the server checks it too. */
const MAX_DAYS = 3650;

/** The policy of the business for its keys. */
export function usePolicy() {
  return useQuery({ queryKey: ['key-policy'], queryFn: ({ signal }) => answer(api.GET('/key-policy', { signal })) });
}

export function SettingsPage() {
  const session = useSession();
  const policy = usePolicy();
  return (
    <>
      <h1>Settings of {session.business?.name}</h1>
      <section className={css.panel} aria-label="Lifetime of keys">
        <h2>Maximum lifetime of keys</h2>
        <p>How many days ahead the expiry of a key may lie when a key is created or its expiry is changed. Rotation gives the successor at most as much. Existing keys stay as they are.</p>
        {policy.isPending && <Loading rows={2} />}
        {policy.isError && <Failed error={policy.error} retry={() => void policy.refetch()} />}
        {policy.data && <>
          {session.role === 'owner'
            ? <Lifetime days={policy.data.maxLifetimeDays} />
            : <p><strong>{policy.data.maxLifetimeDays === null ? 'No limit' : dayCount(policy.data.maxLifetimeDays)}</strong> <span className={css.quiet}>Owners can change it.</span></p>}
          {policy.data.exceeding > 0 && <p className={css.warn}>{policy.data.exceeding === 1 ? 'One key expires' : `${policy.data.exceeding} keys expire`} later than the policy allows. <Link href="/settings/developers?exceeds=policy">Show {policy.data.exceeding === 1 ? 'it' : 'them'}</Link></p>}
          {policy.data.changes.length > 0 && <ul className={css.plain}>{policy.data.changes.map((change) => (
            <li key={change.id} className={css.quiet}>Changed from {said(change.before)} to {said(change.after)} by {change.actor} from {change.source}, <Time at={change.at} /></li>
          ))}</ul>}
        </>}
      </section>
    </>
  );
}

function said(policy: Record<string, unknown> | null): string {
  const days = policy?.maxLifetimeDays;
  return typeof days === 'number' ? dayCount(days) : 'no limit';
}

function Lifetime({ days }: { days: number | null }) {
  const queries = useQueryClient();
  const [done, setDone] = useState('');
  const [fault, setFault] = useState<string>();
  const save = useMutation({
    mutationFn: (maxLifetimeDays: number | null) => answer(api.PUT('/key-policy', { body: { maxLifetimeDays } })),
    onMutate: () => setDone(''),
    onSuccess: (now) => {
      queries.setQueryData(['key-policy'], now);
      void queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'keys' || name === 'key' || name === 'overview' });
      setDone(now.maxLifetimeDays === null ? 'Keys may live without limit.' : `Keys may live at most ${dayCount(now.maxLifetimeDays)}.`);
    },
  });
  return (
    <form className={css.stack} noValidate onSubmit={(event) => {
      event.preventDefault();
      const typed = String(new FormData(event.currentTarget).get('days')).trim();
      const fits = typed === '' || (/^\d+$/.test(typed) && Number(typed) >= 1 && Number(typed) <= MAX_DAYS);
      setFault(fits ? undefined : `Give a whole number of days from 1 to ${MAX_DAYS}, or nothing.`);
      if (fits) {
        save.mutate(typed === '' ? null : Number(typed));
      }
    }}>
      <Field label="Days" name="days" type="number" value={String(days ?? '')} hint={`From 1 to ${MAX_DAYS}. Empty is no limit.`} error={fault ?? save.error?.message} />
      <div className={css.row}>
        <button className={`${css.button} ${css.primary}`} disabled={save.isPending}>Save</button>
        <span role="status" className={css.good}>{done}</span>
      </div>
    </form>
  );
}
