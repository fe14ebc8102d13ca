/** The 24-hour customer service window: opened and refreshed by each message of the customer to the number. */
import type { Simulation } from '../simulation.ts';

const WINDOW_MS = 24 * 60 * 60 * 1000;

/** Opens the window from the time of a message, by default now; an older message never shortens it. */
export function openWindow(sim: Simulation, phoneNumberId: string, customer: string, from = sim.now()): void {
  const chat = `${phoneNumberId}:${customer}`;
  sim.state.windows[chat] = Math.max(sim.state.windows[chat] ?? 0, from + WINDOW_MS);
  sim.changed();
}

export function closeWindow(sim: Simulation, phoneNumberId: string, customer: string): void {
  delete sim.state.windows[`${phoneNumberId}:${customer}`];
  sim.changed();
}

/** When the window closes (ms since 1970), or null when it is closed. */
export function windowEnd(sim: Simulation, phoneNumberId: string, customer: string): number | null {
  const end = sim.state.windows[`${phoneNumberId}:${customer}`];
  return end !== undefined && end > sim.now() ? end : null;
}
