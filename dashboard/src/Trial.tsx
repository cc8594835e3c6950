import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from './api/client';
import { Allow } from './FirstEvent';
import { Failed, Loading, Time } from './parts';
import { loosened, tried, wouldRefuse } from './text';
import css from './parts.module.css';

type Trial = NonNullable<Schemas['Key']['trial']>;
type Props = { of: Schemas['Key']; trial: Trial; mayChange: boolean; mayEnforce: boolean; changed: (done: { key: Schemas['Key'] }, sentence: string) => void; reload: () => void };

/** What the restrictions on trial would have refused, until they are enforced or discarded. */
export function TrialPanel({ of: key, trial, mayChange, mayEnforce, changed, reload }: Props) {
  const params = { path: { keyId: key.id } };
  const counts = useQuery({
    queryKey: ['trial', key.id, key.version], refetchInterval: 5_000,
    queryFn: ({ signal }) => answer(api.GET('/keys/{keyId}/trial', { params, signal })),
  });
  const loosen = useMutation({
    mutationFn: ({ body }: { body: Schemas['NewTrial']; name: string }) => answer(api.PUT('/keys/{keyId}/trial', { params, body })),
    onSuccess: (done, { name }) => changed(done, `The trial allows ${name} from now on.`),
    onError: reload,
  });
  const enforce = useMutation({
    mutationFn: () => answer(api.POST('/keys/{keyId}/trial/enforce', { params, body: { version: key.version } })),
    onSuccess: (done) => changed(done, done.confirmation.sentence),
    onError: reload,
  });
  const discard = useMutation({
    mutationFn: () => answer(api.DELETE('/keys/{keyId}/trial', { params })),
    onSuccess: (done) => changed(done, 'The trial is over. The restrictions are what they were.'),
    onError: reload,
  });
  const failure = loosen.error ?? enforce.error ?? discard.error;
  const busy = loosen.isPending || enforce.isPending || discard.isPending;
  return (
    <section className={css.panel} aria-label="Trial">
      <h2>Trial, begun <Time at={trial.since} /></h2>
      <p>These restrictions refuse nothing yet. What they would refuse is counted.</p>
      <ul className={css.plain}>{tried(trial).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      {counts.isPending && <Loading rows={1} />}
      {counts.isError && <Failed error={counts.error} retry={() => void counts.refetch()} />}
      {counts.data && <>
        <p role="status" className={counts.data.count === 0 ? css.good : css.warn}>{wouldRefuse(counts.data)}</p>
        {counts.data.refusals.map((refusal) => {
          const allow = loosened(key, trial, refusal);
          return (
            <div className={css.stack} key={`${refusal.reason} ${refusal.subject} ${refusal.route}`}>
              <p><strong>{refusal.subject ?? refusal.reason.replaceAll('_', ' ')}</strong> · {refusal.route ?? 'several routes'} · {refusal.count === 1 ? 'once' : `${refusal.count} times`}, last <Time at={refusal.lastSeenAt} /></p>
              {mayChange && allow && (
                <Allow allow={{ entry: allow.name, warning: refusal.allow?.warning ?? null }} known={[]} where=" in the trial" busy={busy} act={() => loosen.mutate(allow)} />
              )}
            </div>
          );
        })}
      </>}
      {failure && <p role="alert" className={css.error}>{failure.message}</p>}
      {mayChange && (
        <div className={css.row}>
          {mayEnforce && <button className={`${css.button} ${css.primary}`} disabled={busy} onClick={() => enforce.mutate()}>Enforce</button>}
          <button className={css.button} disabled={busy} onClick={() => discard.mutate()}>Discard</button>
        </div>
      )}
    </section>
  );
}
