import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answer, api } from './api/client';
import { Chart } from './charts';
import { Failed, Loading } from './parts';
import css from './parts.module.css';

export function OverviewPage() {
  const found = useQuery({ queryKey: ['overview'], refetchInterval: 15_000, queryFn: ({ signal }) => answer(api.GET('/overview', { signal })) });
  if (found.isPending) {
    return <Loading rows={6} />;
  }
  if (found.isError) {
    return <Failed error={found.error} retry={() => void found.refetch()} />;
  }
  const { requests, events, refusals, attention, checklist } = found.data;
  const steps: [boolean, string, string][] = [
    [checklist.keyMade, 'Create an API key', '/settings/developers'],
    [checklist.originAllowed, 'Allow your site', '/settings/developers'],
    [checklist.eventReceived, 'Send an event', '/settings/developers'],
    [checklist.memberInvited, 'Invite someone', '/settings/team'],
  ];
  return (
    <>
      <h1>Overview</h1>
      {steps.some(([done]) => !done) && (
        <section className={css.panel} aria-label="First steps">
          <h2>First steps</h2>
          <ol className={css.plain}>{steps.map(([done, name, to]) => (
            <li key={name} className={done ? css.good : undefined}>{done ? `✓ ${name}` : <><span aria-hidden="true">○ </span><Link href={to}>{name}</Link></>}</li>
          ))}</ol>
        </section>
      )}
      <section className={css.panel} aria-label="The last 24 hours">
        <h2>The last 24 hours</h2>
        <Chart title="Requests" unit="hour" names={['served', 'refused', 'failed']}
          bars={requests.map((hour) => ({ time: hour.time, values: [hour.ok + hour.clientError, hour.refused + hour.rateLimited, hour.serverError] }))} />
        <Chart title="Events" unit="hour" names={['events']} bars={events.map(({ time, count }) => ({ time, values: [count] }))} />
        {refusals.length > 0 && <p>Refused today and yesterday: {refusals.map(({ reason, count }) => `${reason.replaceAll('_', ' ')} ${count}`).join(', ')}.</p>}
      </section>
      <section className={css.stack} aria-label="Keys that need attention">
        <h2>Keys that need attention</h2>
        {attention.length === 0 && <p className={css.quiet}>None.</p>}
        {attention.map((key) => (
          <p className={css.panel} key={`${key.keyId} ${key.reason}`}><span><Link href={`/settings/developers/${encodeURIComponent(key.keyId)}`}>{key.keyName}</Link> <code>{key.masked}</code></span><span>{key.sentence}</span></p>
        ))}
      </section>
    </>
  );
}
