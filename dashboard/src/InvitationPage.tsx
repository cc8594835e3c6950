import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { answer, api, rememberToken } from './api/client';
import { Failed, Field, Time } from './parts';
import css from './parts.module.css';

/** The page of an invitation's link. The token follows the #, so no server logs it. */
export function InvitationPage() {
  const token = window.location.hash.slice(1);
  const queries = useQueryClient();
  const [, go] = useLocation();
  const found = useQuery({
    queryKey: ['invitation'], retry: false, staleTime: Infinity,
    queryFn: () => answer(api.POST('/invitations/look', { body: { token } })),
  });
  const accept = useMutation({
    mutationFn: (password: string) => answer(api.POST('/invitations/accept', { body: { token, password } })),
    onSuccess: (session) => {
      rememberToken(session.csrfToken);
      queries.clear();
      queries.setQueryData(['session'], session);
      go('/', { replace: true });
    },
  });
  if (found.isPending) {
    return <p className={css.narrow} role="status">Loading …</p>;
  }
  if (found.isError) {
    return <main className={css.narrow}><h1>Invitation</h1><Failed error={found.error} retry={() => void found.refetch()} /><p><Link href="/">Sign in</Link></p></main>;
  }
  const { businessName, email, role, expiresAt, hasAccount } = found.data;
  return (
    <main className={css.narrow}>
      <h1>Join {businessName}</h1>
      <p>You are invited as {role}, with the address {email}. The invitation expires <Time at={expiresAt} />.</p>
      <form className={css.stack} onSubmit={(event) => {
        event.preventDefault();
        accept.mutate(String(new FormData(event.currentTarget).get('password')));
      }}>
        <Field label={hasAccount ? 'Your password' : 'Choose a password'} name="password" type="password" required
          {...(!hasAccount && { hint: 'At least 12 characters.' })}
          autoComplete={hasAccount ? 'current-password' : 'new-password'} error={accept.error?.message} />
        <button className={`${css.button} ${css.primary}`} disabled={accept.isPending}>Join</button>
      </form>
    </main>
  );
}
