import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, api, type Schemas } from './api/client';
import { useSession } from './App';
import { OriginCheck, Status } from './KeysPage';
import { Callers } from './Callers';
import { Allow, FirstEvent } from './FirstEvent';
import { Audit, Restrictions, Rotate, Usage } from './KeyTabs';
import { TrialPanel } from './Trial';
import { Dialog, Failed, Field, Loading, Time } from './parts';
import { extended, hints, later } from './text';
import css from './parts.module.css';

export function KeyPage({ id }: { id: string }) {
  const session = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [revoking, setRevoking] = useState(false);
  const [rotating, setRotating] = useState(false);
  const [restricting, setRestricting] = useState(false);
  const [origin, setOrigin] = useState('');
  const [said, setSaid] = useState('');
  const path = { path: { keyId: id } };
  const found = useQuery({ queryKey: ['key', id], queryFn: () => answer(api.GET('/keys/{keyId}', { params: path })) });
  const refusals = useQuery({
    queryKey: ['refusals', id], refetchInterval: 15_000,
    queryFn: ({ signal }) => answer(api.GET('/keys/{keyId}/refusals', { params: path, signal })),
  });
  const changed = (done: { key: Schemas['Key'] }, sentence: string) => {
    queries.setQueryData(['key', id], { key: done.key });
    setSaid(sentence);
    void queries.invalidateQueries({ queryKey: ['keys'] });
    void queries.invalidateQueries({ queryKey: ['audit', id] });
  };
  const toggle = useMutation({
    mutationFn: (key: Schemas['Key']) => answer(key.status === 'disabled' ? api.POST('/keys/{keyId}/enable', { params: path }) : api.POST('/keys/{keyId}/disable', { params: path })),
    onSuccess: (done) => changed(done, done.confirmation.sentence),
  });
  const allow = useMutation({
    mutationFn: ({ key, entry }: { key: Schemas['Key']; entry: string }) => answer(api.PATCH('/keys/{keyId}', {
      params: path, body: { version: key.version, allowedOrigins: [...key.allowedOrigins, entry] },
    })),
    onSuccess: (done, { entry }) => changed(done, `${entry} is allowed from now on.`),
  });
  const extend = useMutation({
    mutationFn: (key: Schemas['Key']) => answer(api.PATCH('/keys/{keyId}', {
      params: path, body: { version: key.version, expiresAt: later(key.expiresAt, 7) },
    })),
    onSuccess: (done) => changed(done, extended(done.key)),
  });
  const revoke = useMutation({
    mutationFn: () => answer(api.POST('/keys/{keyId}/revoke', { params: path })),
    onSuccess: (done) => {
      setRevoking(false);
      changed(done, done.confirmation.sentence);
    },
  });
  if (found.isPending) {
    return <Loading rows={4} />;
  }
  if (found.isError) {
    return <Failed error={found.error} retry={() => void found.refetch()} />;
  }
  const key = found.data.key;
  const mayEnd = session.role !== 'viewer' && key.status !== 'revoked';
  const mayChange = mayEnd && key.managedBy === null;
  return (
    <>
      <p><Link href="/settings/developers">All API keys</Link></p>
      <div className={css.head}>
        <h1>{key.name}</h1>
        {mayEnd && (
          <div className={css.row}>
            {mayChange && <button className={css.button} onClick={() => setRestricting(true)}>Restrict</button>}
            {mayChange && key.rotatedTo === null && (key.tier === 'public' || session.server.privateKeys) && <button className={css.button} onClick={() => setRotating(true)}>Rotate</button>}
            <button className={css.button} disabled={toggle.isPending} onClick={() => toggle.mutate(key)}>{key.status === 'disabled' ? 'Enable' : 'Disable'}</button>
            <button className={`${css.button} ${css.danger}`} onClick={() => setRevoking(true)}>Revoke</button>
          </div>
        )}
      </div>
      <p role="status" className={css.good}>{said}</p>
      {toggle.isError && <p role="alert" className={css.error}>{toggle.error.message}</p>}
      {key.rotatedTo !== null && (
        <section className={css.panel} aria-label="Rotation">
          <p className={css.warn}>This key has a <Link href={`/settings/developers/${encodeURIComponent(key.rotatedTo)}`}>successor</Link>, and ends {key.endsOnSuccessorUse && 'when that is first used, at the latest '}<Time at={key.expiresAt} />. It was last used <Time at={key.lastUsedAt} />.</p>
          {extend.isError && <p role="alert" className={css.error}>{extend.error.message}</p>}
          <h2>Who has called with it since the rotation <Time at={key.rotatedAt} /></h2>
          <Callers id={id} since={key.rotatedAt} none="Nobody has called with it since." />
          <p className={css.quiet}>Calls are counted by day (UTC) and kept for 30 days: a count includes calls earlier on the day of the rotation.</p>
          {mayChange && <div className={css.row}>
            <button className={css.button} disabled={extend.isPending} onClick={() => extend.mutate(key)}>Keep it 7 days longer</button>
            {key.endsOnSuccessorUse && <span className={css.quiet}>It still ends when its successor is first used.</span>}
            <button className={`${css.button} ${css.danger}`} onClick={() => setRevoking(true)}>End it now</button>
          </div>}
        </section>
      )}
      <section className={css.panel} aria-label="About this key">
        {key.description && <p>{key.description}</p>}
        {key.managedBy !== null && <p>The key file <code>{key.managedBy}</code> describes this key. Change it there; it can be disabled and revoked here.</p>}
        <p className={css.row}><code>{key.masked}</code> · {key.tier} · <Status status={key.status} /></p>
        <p className={css.quiet}>Created <Time at={key.createdAt} /> by {key.createdBy ?? 'an unknown user'}, last used <Time at={key.lastUsedAt} />, expires <Time at={key.expiresAt} /></p>
        <p>Scopes: {key.scopes.join(', ')}</p>
        {key.rateLimit && <p>At most {key.rateLimit.limit} requests in {key.rateLimit.windowSeconds} seconds</p>}
        {key.tier === 'private' && <p>Allowed networks: {key.allowedIps.join(', ') || 'any'}</p>}
        {key.tier === 'public' && <p>Allowed origins: {key.allowedOrigins.join(', ') || 'any'}</p>}
        {key.status !== 'revoked' && hints(key).length > 0 && <ul className={css.plain}>{hints(key).map((hint) => <li key={hint} className={css.warn}>{hint}</li>)}</ul>}
      </section>
      {key.trial && <TrialPanel of={key} trial={key.trial} mayChange={mayEnd} mayEnforce={mayChange} changed={changed} reload={() => void found.refetch()} />}
      {key.tier === 'public' && key.allowedOrigins.length > 0 && (
        <section className={css.panel} aria-label="Origin tester">
          <h2>Would a page be allowed?</h2>
          <Field label="Origin or address of a page" name="origin" onChange={setOrigin} />
          {origin && <OriginCheck entries={key.allowedOrigins} origin={origin} />}
        </section>
      )}
      {key.status !== 'revoked' && (
        <FirstEvent of={key} apiUrl={session.server.apiUrl} repair={(refusal) => mayChange && refusal.allow && (
          <Allow allow={refusal.allow} known={key.allowedOrigins} busy={allow.isPending} act={(entry) => allow.mutate({ key, entry })} />
        )} />
      )}
      {key.rotatedTo === null && (
        <section className={css.panel} aria-label="Callers">
          <h2>Who called in the last 7 days</h2>
          <Callers id={id} none="Nobody has called with it in the last 7 days." mayAll={mayChange && key.scopes.includes('ALL')} />
        </section>
      )}
      <section className={css.stack} aria-label="Refusals">
        <h2>Refused in the last 7 days</h2>
        {allow.isError && <p role="alert" className={css.error}>{allow.error.message}</p>}
        {refusals.isError && <Failed error={refusals.error} retry={() => void refusals.refetch()} />}
        {refusals.data?.refusals.length === 0 && <p className={css.quiet}>Nothing was refused.</p>}
        {refusals.data?.refusals.map((refusal) => (
          <div className={css.panel} key={`${refusal.reason} ${refusal.subject} ${refusal.route}`}>
            <p><strong>{refusal.subject ?? refusal.reason}</strong> · {refusal.route ?? 'several routes'} · {refusal.count === 1 ? 'once' : `${refusal.count} times`}, last <Time at={refusal.lastSeenAt} /></p>
            <p>{refusal.explanation}</p>
            {mayChange && refusal.allow && (
              <Allow allow={refusal.allow} known={key.allowedOrigins} busy={allow.isPending} act={(entry) => allow.mutate({ key, entry })} />
            )}
          </div>
        ))}
      </section>
      <Usage id={id} />
      <Audit id={id} />
      {restricting && <Restrictions known={key} close={() => setRestricting(false)} changed={changed} reload={() => void found.refetch()} />}
      {rotating && <Rotate known={key} close={() => setRotating(false)} opened={(next) => {
        setRotating(false);
        void queries.invalidateQueries({ queryKey: ['key', id] });
        go(`/settings/developers/${encodeURIComponent(next)}`);
      }} />}
      {revoking && (
        <Dialog title={`Revoke ${key.name}?`} close={() => setRevoking(false)}>
          <p>Every request with this key is refused from then on, for good. It was last used <Time at={key.lastUsedAt} />.</p>
          <p><strong>Who will be refused</strong></p>
          <Callers id={id} since={key.rotatedAt} none={`Nobody has called with it ${key.rotatedAt === null ? 'in the last 7 days' : 'since it was rotated'}.`} />
          {revoke.isError && <p role="alert" className={css.error}>{revoke.error.message}</p>}
          <form className={css.stack} onSubmit={(event) => {
            event.preventDefault();
            revoke.mutate();
          }}>
            <RevokeName name={key.name} busy={revoke.isPending} />
          </form>
          <div><button className={css.button} onClick={() => setRevoking(false)}>Cancel</button></div>
        </Dialog>
      )}
    </>
  );
}

function RevokeName({ name, busy }: { name: string; busy: boolean }) {
  const [typed, setTyped] = useState('');
  return (
    <>
      <Field label={`Type ${name} to confirm`} name="confirm" onChange={setTyped} />
      <div><button className={`${css.button} ${css.danger}`} disabled={busy || typed !== name}>Revoke key</button></div>
    </>
  );
}
