/** Two jacks joined by a cord, in the shape of an S. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path
        d="M22 10.5h-7.25a2.75 2.75 0 0 0 0 5.5h2.5a2.75 2.75 0 0 1 0 5.5H10"
        fill="none"
        stroke="#fff"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
      <circle cx="22.4" cy="10.5" r="2.9" fill="#fff" />
      <circle cx="9.6" cy="21.5" r="2.9" fill="#fff" />
    </svg>
  );
}
