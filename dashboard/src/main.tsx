import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { base, Failure } from './api/client';
import { App } from './App';
import './tokens.css';

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session has ended: the page asks to sign in again.
      if (error instanceof Failure && error.code === 'SIGN_IN_REQUIRED') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  }),
  defaultOptions: { queries: { retry: 1, staleTime: 2_000 } } });
createRoot(document.getElementById('root') as HTMLElement).render(
  <QueryClientProvider client={queries}>
    <Router base={base}><App /></Router>
  </QueryClientProvider>,
);
