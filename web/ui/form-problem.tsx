/** What is wrong with a whole form, above its fields: brought into view, because whoever saves a long form looks at its end. */
import { useEffect, useRef } from 'react';
import { Callout } from './callout.tsx';

export function FormProblem({ problem }: { problem: string | null }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem !== null) place.current?.scrollIntoView({ block: 'center' });
  }, [problem]);
  return (
    problem !== null && (
      <div ref={place}>
        <Callout tone="bad">{problem}</Callout>
      </div>
    )
  );
}
