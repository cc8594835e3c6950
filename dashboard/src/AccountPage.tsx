import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, rememberToken } from './api/client';
import { useSession } from './App';
import { Failed, Field, Loading, Time } from './parts';
import css from './parts.module.css';

export function AccountPage() {
  const session = useSession();
  const queries = useQueryClient();
  const [said, setSaid] = useState('');
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => answer(api.GET('/sessions')) });
  const refresh = () => queries.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({
    mutationFn: (sessionId: string | null) => sessionId === null
      ? answer(api.DELETE('/sessions'))
      : answer(api.DELETE('/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: refresh,
  });
  const change = useMutation({
    mutationFn: (body: { current: string; replacement: string }) => answer(api.PUT('/password', { body })),
    onSuccess: (begun) => {
      rememberToken(begun.csrfToken);
      queries.setQueryData(['session'], begun);
      setSaid('The password is changed. All other sessions have ended.');
      return refresh();
    },
  });
  return (
    <>
      <h1>Account</h1>
      <p>{session.user?.email}</p>
      <section className={css.panel} aria-label="Password">
        <h2>Password</h2>
        <form className={css.stack} onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          change.mutate({ current: String(form.get('current')), replacement: String(form.get('replacement')) });
          event.currentTarget.reset();
        }}>
          <Field label="Current password" name="current" type="password" autoComplete="current-password" required />
          <Field label="New password" name="replacement" type="password" autoComplete="new-password" hint="At least 12 characters." required error={change.error?.message} />
          <div className={css.row}>
            <button className={css.button} disabled={change.isPending}>Change password</button>
            <span role="status" className={css.good}>{said}</span>
          </div>
        </form>
      </section>
      <section className={css.stack} aria-label="Sessions">
        <div className={css.head}>
          <h2>Sessions</h2>
          {(sessions.data?.sessions.length ?? 0) > 1 && <button className={css.button} disabled={end.isPending} onClick={() => end.mutate(null)}>End all others</button>}
        </div>
        {end.isError && <p role="alert" className={css.error}>{end.error.message}</p>}
        {sessions.isPending && <Loading rows={3} />}
        {sessions.isError && <Failed error={sessions.error} retry={() => void sessions.refetch()} />}
        {sessions.data?.sessions.map((one) => (
          <div className={`${css.panel} ${css.head}`} key={one.id}>
            <p>{one.agent} from {one.address}, last used <Time at={one.lastSeenAt} />{one.current && ' (this one)'}</p>
            {!one.current && <button className={css.button} disabled={end.isPending} onClick={() => end.mutate(one.id)}>End</button>}
          </div>
        ))}
      </section>
    </>
  );
}
