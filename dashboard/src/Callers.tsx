import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from './api/client';
import { Failed, Loading, Time } from './parts';
import css from './parts.module.css';
import { onlyRoute } from './text';

const FEW = 5;

/** Who called with a key in the last 7 days, or since a time in the last 30; the last to call first. `mayAll`: whether it has all scopes. */
export function Callers({ id, none, since, mayAll = false }: { id: string; none: string; since?: string | null; mayAll?: boolean }) {
  const [all, setAll] = useState(false);
  const found = useQuery({
    queryKey: ['callers', id, since], refetchInterval: 15_000,
    queryFn: ({ signal }) => answer(api.GET('/keys/{keyId}/callers', { params: { path: { keyId: id }, query: since ? { since, days: 30 } : {} }, signal })),
  });
  if (found.isPending) {
    return <Loading rows={2} />;
  }
  if (found.isError) {
    return <Failed error={found.error} retry={() => void found.refetch()} />;
  }
  const { callers } = found.data;
  if (callers.length === 0) {
    return <p className={css.quiet}>{none}</p>;
  }
  const rest = callers.length - FEW;
  const route = mayAll && onlyRoute(callers);
  return (
    <>
      {route && <p className={css.warn}>Every call was {route}, and the key may do everything. Give it only the scopes that this needs.</p>}
      <ul className={css.plain}>
        {callers.slice(0, all ? undefined : FEW).map(({ agent, origin, route, count, lastSeenAt }) => (
          <li key={`${agent} ${origin} ${route}`}>
            <strong>{route ?? 'Other requests'}</strong> · {origin !== null && `${origin} · `}{agent} · {count === 1 ? 'once' : `${count} times`}, last <Time at={lastSeenAt} />
          </li>
        ))}
      </ul>
      {rest > 0 && !all && <div><button type="button" className={css.button} onClick={() => setAll(true)}>Show {rest} more</button></div>}
    </>
  );
}
