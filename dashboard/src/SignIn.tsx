import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, rememberToken, type Schemas } from './api/client';
import { Field } from './parts';
import css from './parts.module.css';

export function SignIn({ server }: { server: Schemas['Session']['server'] }) {
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(api.POST('/session', { body })),
    onSuccess: (session) => {
      rememberToken(session.csrfToken);
      queries.setQueryData(['session'], session);
    },
  });
  return (
    <main className={css.narrow}>
      <h1>Sign in to Quotient</h1>
      {server.insecure && (
        <p className={css.warn}>This page was loaded over plain http, so others on the network can read your password. Use https or a tunnel.</p>
      )}
      <form className={css.stack} onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        enter.mutate({ email: String(form.get('email')), password: String(form.get('password')) });
      }}>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required error={enter.error?.message} />
        <button className={`${css.button} ${css.primary}`} disabled={enter.isPending}>{enter.isPending ? 'Signing in …' : 'Sign in'}</button>
      </form>
      <p className={css.quiet}>The first password is printed when the server starts for the first time.</p>
    </main>
  );
}
