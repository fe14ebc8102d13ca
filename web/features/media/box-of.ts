/** How large a picture stands in the thread: scaled down to fit, never up, and never too small to hit. */
const smallest = 48;

/** In CSS pixels. A picture of unknown size gets the whole square. */
export function boxOf(picture: { width: number | null; height: number | null }, side: number) {
  const width = picture.width ?? side;
  const height = picture.height ?? side;
  const scale = Math.min(1, side / width, side / height);
  return {
    width: Math.max(smallest, Math.round(width * scale)),
    height: Math.max(smallest, Math.round(height * scale)),
  };
}
