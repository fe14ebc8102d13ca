/** Text to be taken elsewhere: a link, a key, an address. Copied by one press; where the browser refuses, it is selected. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './copy-field.module.css';

type CopyFieldProps = { label: string; value: string };

export function CopyField({ label, value }: CopyFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { copied, copy } = useCopy(value);
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      <div className={styles['box']}>
        <input
          id={id}
          ref={input}
          className={styles['value']}
          value={value}
          readOnly
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
        <Button
          size="s"
          className={styles['copy']}
          aria-label={`Copy ${label.toLowerCase()}`}
          icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          onClick={() => void copy().then((done) => done || input.current?.select())}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <VisuallyHidden>
        <span role="status">{copied ? `${label} copied` : ''}</span>
      </VisuallyHidden>
    </div>
  );
}

/** `copied` for two seconds after a copy that worked. */
function useCopy(value: string) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  async function copy(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      return true;
    } catch {
      // No permission, or a page that is not served securely: the person copies the selected text.
      return false;
    }
  }
  return { copied, copy };
}
