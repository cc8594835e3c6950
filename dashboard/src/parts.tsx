import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { relative } from './text';
import css from './parts.module.css';

export function Field(props: {
  label: string; name: string; type?: string; hint?: string; error?: string | undefined; value?: string; rows?: number;
  required?: boolean; autoComplete?: string; onChange?: (value: string) => void;
}) {
  const id = useId();
  const common = {
    id, name: props.name, required: props.required, autoComplete: props.autoComplete ?? 'off', defaultValue: props.value,
    'aria-invalid': props.error !== undefined, 'aria-describedby': `${id}-hint ${id}-error`,
    onChange: (event: { target: { value: string } }) => props.onChange?.(event.target.value),
  };
  return (
    <div className={css.field}>
      <label htmlFor={id}>{props.label}</label>
      {props.rows ? <textarea {...common} rows={props.rows} spellCheck={false} /> : <input {...common} type={props.type ?? 'text'} />}
      {props.hint && <span id={`${id}-hint`} className={css.quiet}>{props.hint}</span>}
      <span id={`${id}-error`} role="alert" className={css.error}>{props.error}</span>
    </div>
  );
}

export function Time({ at, never = 'never' }: { at: string | null; never?: string }) {
  return at === null ? <span>{never}</span> : <time dateTime={at} title={at}>{relative(at, Date.now())}</time>;
}

/** What stands where a page will be, of about its height, so that nothing jumps. */
export function Loading({ rows }: { rows: number }) {
  return (
    <div role="status" className={css.stack}>
      <span className={css.hidden}>Loading …</span>
      {Array.from({ length: rows }, (_, row) => <span key={row} className={css.skeleton} aria-hidden="true" />)}
    </div>
  );
}

export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div className={css.panel} role="alert">
      <p className={css.error}>{error.message}</p>
      <div><button className={css.button} onClick={retry}>Try again</button></div>
    </div>
  );
}

/** A native dialog; focus returns to where it was opened. `mayClose` is asked before Escape closes it. */
export function Dialog(props: { title: string; close: () => void; mayClose?: () => boolean; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={id} onKeyDown={(event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        if (props.mayClose?.() ?? true) {
          props.close();
        }
      }
    }} onCancel={(event) => event.preventDefault()}>
      <div className={css.stack}><h2 id={id}>{props.title}</h2>{props.children}</div>
    </dialog>
  );
}

/** Has the browser save a text as a file; the text is in no address. */
export function download(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Text with a button that copies it; without permission to copy, the text is left selected. */
export function Copyable({ text, label, done }: { text: string; label: string; done?: () => void }) {
  const code = useRef<HTMLElement>(null);
  const [said, setSaid] = useState('');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied.');
      done?.();
      return;
    } catch {
      // Plain http has no clipboard; select the text and let the browser copy the selection.
    }
    getSelection()?.selectAllChildren(code.current as HTMLElement);
    if (document.execCommand('copy')) {
      setSaid('Copied.');
      done?.();
    } else {
      setSaid('It cannot be copied from here. It is selected: press Ctrl+C.');
    }
  }
  return (
    <div className={css.stack}>
      <pre><code ref={code}>{text}</code></pre>
      <div className={css.row}>
        <button type="button" className={css.button} onClick={() => void copy()}>{label}</button>
        <span role="status">{said}</span>
      </div>
    </div>
  );
}
