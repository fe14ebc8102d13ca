import styles from './highlighted-text.module.css';

/** Text in which what was searched for is marked. */
export function HighlightedText({ text, query }: { text: string; query: string }) {
  const wanted = query.trim();
  const start = wanted ? text.toLocaleLowerCase().indexOf(wanted.toLocaleLowerCase()) : -1;
  if (start < 0) return text;
  return (
    <>
      {text.slice(0, start)}
      <mark className={styles['mark']}>{text.slice(start, start + wanted.length)}</mark>
      {text.slice(start + wanted.length)}
    </>
  );
}
