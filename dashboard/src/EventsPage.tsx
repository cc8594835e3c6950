import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { answer, api } from './api/client';
import { Failed, Field, Time } from './parts';
import css from './parts.module.css';

export function EventsPage() {
  const [params, setParams] = useSearchParams();
  const eventType = params.get('type') ?? '';
  const [paused, setPaused] = useState(false);
  const live = useQuery({
    queryKey: ['events', eventType],
    refetchInterval: paused ? false : 1_000,
    queryFn: ({ signal }) => answer(api.GET('/events/live', { params: { query: eventType ? { eventType } : {} }, signal })),
  });
  return (
    <>
      <div className={css.head}>
        <h1>Events</h1>
        <button className={css.button} aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? 'Go on' : 'Pause'}</button>
      </div>
      <Field label="Type" name="type" value={eventType} onChange={(value) => setParams(value === '' ? {} : { type: value }, { replace: true })} />
      {live.isPending && <p role="status">Loading …</p>}
      {live.isError && <Failed error={live.error} retry={() => void live.refetch()} />}
      {live.data?.events.length === 0 && <p className={css.panel}>No events yet. A key's page shows how to send one.</p>}
      {live.data?.events.map((event) => (
        <details className={css.panel} key={event.id}>
          <summary><strong>{event.eventType}</strong> · <Time at={event.receivedAt} /> · {event.origin ?? 'no origin'}</summary>
          <pre><code>{JSON.stringify(event, null, 2)}</code></pre>
        </details>
      ))}
    </>
  );
}
