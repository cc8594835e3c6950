import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { answer, api, rememberToken, type Schemas } from './api/client';
import { AccountPage } from './AccountPage';
import { EventsPage } from './EventsPage';
import { InvitationPage } from './InvitationPage';
import { KeyPage } from './KeyPage';
import { KeysPage } from './KeysPage';
import { OverviewPage } from './OverviewPage';
import { Failed } from './parts';
import { SettingsPage } from './SettingsPage';
import { SignIn } from './SignIn';
import { TeamPage } from './TeamPage';
import css from './parts.module.css';

const SessionContext = createContext<Schemas['Session'] | null>(null);

export function useSession(): Schemas['Session'] {
  const session = useContext(SessionContext);
  if (session === null) {
    throw new Error('Outside of a session');
  }
  return session;
}

export function App() {
  const session = useQuery({
    queryKey: ['session'],
    staleTime: 60_000,
    queryFn: async () => {
      const found = await answer(api.GET('/session'));
      rememberToken(found.csrfToken);
      return found;
    },
  });
  // No page asks for anything while the session ends.
  const leaving = useIsMutating({ mutationKey: ['sign-out'] }) > 0;
  const [path] = useLocation();
  if (session.isPending) {
    return <p className={css.narrow} role="status">Loading …</p>;
  }
  if (session.isError) {
    return <main className={css.narrow}><Failed error={session.error} retry={() => void session.refetch()} /></main>;
  }
  if (path === '/invitation') {
    return <InvitationPage />;
  }
  if (session.data.user === null) {
    return <SignIn server={session.data.server} />;
  }
  return (
    <SessionContext value={session.data}>
      <Bar session={session.data} />
      <main className={css.main}>
        {!leaving && <Switch>
          <Route path="/settings/developers"><KeysPage /></Route>
          <Route path="/settings/developers/:id">{({ id }) => <KeyPage key={id} id={id} />}</Route>
          <Route path="/events"><EventsPage /></Route>
          <Route path="/settings/team"><TeamPage /></Route>
          <Route path="/settings/business"><SettingsPage /></Route>
          <Route path="/account"><AccountPage /></Route>
          <Route path="/"><OverviewPage /></Route>
          <Route><h1>This page does not exist</h1><p><Link href="/">Go to the overview</Link></p></Route>
        </Switch>}
      </main>
    </SessionContext>
  );
}

function Bar({ session }: { session: Schemas['Session'] }) {
  const queries = useQueryClient();
  const [path, go] = useLocation();
  const leave = useMutation({
    mutationKey: ['sign-out'],
    // A request under way would come too late for the session.
    mutationFn: () => queries.cancelQueries().then(() => answer(api.DELETE('/session'))),
    onSuccess: () => {
      rememberToken(null);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
      queries.setQueryData(['session'], { ...session, user: null, business: null, role: null, businesses: [], csrfToken: null, expiresAt: null });
    },
  });
  const change = useMutation({
    mutationFn: (businessId: string) => answer(api.PUT('/session/business', { body: { businessId } })),
    onSuccess: (begun) => {
      rememberToken(begun.csrfToken);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
      queries.setQueryData(['session'], begun);
      go('/');
    },
  });
  const link = (href: string, name: string) => (
    <Link href={href} aria-current={path === href || (href !== '/' && path.startsWith(href)) ? 'page' : undefined}>{name}</Link>
  );
  return (
    <header className={css.bar}>
      <span className={css.brand}>Quotient</span>
      <nav className={css.nav} aria-label="Pages">{link('/', 'Overview')}{link('/events', 'Events')}{link('/settings/developers', 'API keys')}{link('/settings/team', 'Team')}{link('/settings/business', 'Settings')}</nav>
      <span className={css.push}>{session.businesses.length > 1
        ? <select className={css.select} aria-label="Business" value={session.business?.id} disabled={change.isPending} onChange={(event) => change.mutate(event.target.value)}>
          {session.businesses.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
        : session.business?.name} · <Link href="/account">{session.user?.email}</Link></span>
      <button className={css.button} onClick={() => leave.mutate()}>Sign out</button>
      {(leave.error ?? change.error) && <span role="alert" className={css.error}>{(leave.error ?? change.error)?.message}</span>}
    </header>
  );
}
