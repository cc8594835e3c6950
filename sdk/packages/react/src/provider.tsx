"use client";

import { QuotientClient, type QuotientClientOptions } from "@quotientjs/client";
import * as React from "react";
import { trackPageViews } from "./page-views.js";

interface Quotient {
  /** Null on the server and until the page runs. */
  client: QuotientClient | null;
}

export interface QuotientProviderProps {
  clientOptions: QuotientClientOptions;
  /** Whether each change of the URL sends a `pageView`. Default: false. */
  autoTrackPageViews?: boolean;
  children?: React.ReactNode;
}

let context: React.Context<Quotient | null> | undefined;

/** Created on first use, because server components may import this module and have no contexts. */
function quotientContext(): React.Context<Quotient | null> {
  return (context ??= React.createContext<Quotient | null>(null));
}

/** Provides its children with the client of a key. Providers with the same key and server share one client. */
export function QuotientProvider(props: QuotientProviderProps): React.ReactElement {
  const { clientOptions, autoTrackPageViews = false, children } = props;
  const [client, setClient] = React.useState<QuotientClient | null>(null);
  const { apiKey, baseUrl } = clientOptions;
  // A new object in each render must not create a new client; only the key and the server matter.
  const options = React.useRef(clientOptions);
  options.current = clientOptions;
  React.useEffect(() => setClient(QuotientClient.init(options.current)), [apiKey, baseUrl]);
  React.useEffect(
    () => (client !== null && autoTrackPageViews ? trackPageViews(client) : undefined),
    [client, autoTrackPageViews],
  );
  const value = React.useMemo(() => ({ client }), [client]);
  const Context = quotientContext();
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The client of the nearest provider; `client` is null until the page runs. */
export function useQuotient(): Quotient {
  const quotient = React.useContext(quotientContext());
  if (quotient === null) {
    throw new Error("useQuotient must be called below a <QuotientProvider>.");
  }
  return quotient;
}
