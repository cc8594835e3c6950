import { useEffect, useState } from 'react';
import { useSession } from './App';
import { Copyable, Dialog, download } from './parts';
import type { Schemas } from './api/client';
import css from './parts.module.css';

/**
 * A new key. A private one is shown only here, so that closing the dialog or the tab asks first until it was copied or
 * saved.
 */
export function Secret({ title, of, secret, next, leave }: { title: string; of: Schemas['Key']; secret: string; next: string; leave: () => void }) {
  const { server } = useSession();
  const [kept, setKept] = useState(of.tier === 'public');
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (kept) {
      return undefined;
    }
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [kept]);
  return (
    <Dialog title={title} close={leave} mayClose={() => {
      setAsking(!kept);
      return kept;
    }}>
      <p role="status">{of.tier === 'private' ? 'This key is shown only now. Keep it where no browser can read it.' : 'This key may stand in a web page or an app.'}</p>
      <Copyable text={secret} label="Copy key" done={() => setKept(true)} />
      <div><button type="button" className={css.button} onClick={() => {
        download('.env', `QUOTIENT_URL=${server.apiUrl}\nQUOTIENT_API_KEY=${secret}\n`);
        setKept(true);
      }}>Download .env</button></div>
      {asking && !kept && <p role="alert" className={css.warn}>You have not copied the key, and it cannot be shown again. Close all the same?</p>}
      <div><button className={`${css.button} ${css.primary}`} onClick={() => kept || asking ? leave() : setAsking(true)}>{asking && !kept ? 'Close without copying' : next}</button></div>
    </Dialog>
  );
}
