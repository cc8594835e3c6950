import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schemas } from './api/client';
import { Chart } from './charts';
import { useFilters } from './filters';
import { Failed, Field, Loading, Time } from './parts';
import css from './parts.module.css';

const FILTERS = { eventType: 'Type', personId: 'Person', deviceId: 'Device', keyId: 'Key' } as const;

/** Live events or, once a time is given, the events before it. The filters are in the page's address. */
export function EventsPage() {
  const [params, set] = useFilters();
  const [paused, setPaused] = useState(false);
  const query = Object.fromEntries(Object.keys(FILTERS).flatMap((name) => params.get(name) ? [[name, params.get(name) as string]] : []));
  const to = params.get('to') ?? '';
  const live = useQuery({
    queryKey: ['events', query],
    enabled: to === '',
    refetchInterval: paused ? false : 1_000,
    queryFn: ({ signal }) => answer(api.GET('/events/live', { params: { query }, signal })),
  });
  const history = useInfiniteQuery({
    queryKey: ['history', query, to],
    enabled: to !== '',
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET('/events', {
      params: { query: { ...query, to: new Date(`${to}Z`).toISOString(), ...(pageParam !== null && { after: pageParam }) } },
    })),
    getNextPageParam: (page) => page.next,
  });
  const shown = to === '' ? live : history;
  const events = to === '' ? live.data?.events : history.data?.pages.flatMap((page) => page.events);
  return (
    <>
      <div className={css.head}>
        <h1>Events</h1>
        {to === '' && <button className={css.button} aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? 'Resume' : 'Pause'}</button>}
      </div>
      <div className={css.filters}>
        {Object.entries(FILTERS).map(([name, label]) => <Field key={name} label={label} name={name} value={params.get(name) ?? ''} onChange={(value) => set(name, value)} />)}
        <Field label="Before (UTC)" name="to" type="datetime-local" value={to} onChange={(value) => set('to', value)} />
      </div>
      <Series eventType={params.get('eventType') ?? ''} />
      {shown.isPending && <Loading rows={6} />}
      {shown.isError && <Failed error={shown.error} retry={() => void shown.refetch()} />}
      {events?.length === 0 && <p className={css.panel}>{params.size > 0 ? 'No event matches these filters.' : 'No events yet. A key’s page shows how to send one.'}</p>}
      {events?.map((event) => <Event key={event.id} event={event} />)}
      {to !== '' && history.hasNextPage && <div><button className={css.button} onClick={() => void history.fetchNextPage()}>Show more</button></div>}
    </>
  );
}

function Event({ event }: { event: Schemas['Event'] }) {
  return (
    <details className={css.panel}>
      <summary><strong>{event.eventType}</strong> · <Time at={event.receivedAt} /> · {event.origin ?? 'no origin'}</summary>
      <pre><code>{JSON.stringify(event, null, 2)}</code></pre>
    </details>
  );
}

function Series({ eventType }: { eventType: string }) {
  const series = useQuery({
    queryKey: ['series', eventType], refetchInterval: 15_000, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET('/events/series', { params: { query: { interval: 'hour', ...(eventType && { eventType }) } }, signal })),
  });
  return series.data ? (
    <section className={css.panel} aria-label="Events by hour">
      <Chart title={eventType === '' ? 'Events by hour' : `Events of type ${eventType} by hour`} unit="hour" names={['events']} bars={series.data.points.map(({ time, count }) => ({ time, values: [count] }))} />
    </section>
  ) : null;
}
