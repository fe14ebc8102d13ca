import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState, type Ref } from 'react';
import { Spinner } from '../../ui/spinner.tsx';
import styles from './search-field.module.css';

type SearchFieldProps = {
  q: string;
  busy: boolean;
  onChange: (q: string) => void;
  ref: Ref<HTMLInputElement>;
};

/** Long enough that a word is one request, short enough not to be felt. */
const pauseMilliseconds = 220;

/** Searches names, numbers and message texts while it is typed in. */
export function SearchField({ q, busy, onChange, ref }: SearchFieldProps) {
  const [text, setText] = useState(q);
  const [shownFor, setShownFor] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed otherwise (back, "Clear search"): follow it.
  if (q !== shownFor) {
    setShownFor(q);
    if (text.trim() !== q) setText(q);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  function change(next: string, wait: number) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), wait);
  }

  return (
    <div className={styles['box']} role="search">
      {busy ? <Spinner size={15} /> : <Search size={16} aria-hidden />}
      <input
        ref={ref}
        className={styles['input']}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label="Search conversations"
        placeholder="Search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => change(event.target.value, pauseMilliseconds)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (text) change('', 0);
          else event.currentTarget.blur();
        }}
      />
      {text ? (
        <button
          type="button"
          className={styles['clear']}
          aria-label="Clear search"
          onClick={() => change('', 0)}
        >
          <X size={15} aria-hidden />
        </button>
      ) : (
        <kbd className={styles['key']} aria-hidden>
          /
        </kbd>
      )}
    </div>
  );
}
