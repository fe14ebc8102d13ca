/** What Meta decides about numbers by itself: their quality and status, and that they go. Webhooks are sent apart, by `accountEvent`. */
import type { Simulation } from '../simulation.ts';
import type { PhoneNumber } from '../state/state.ts';
import { ControlError } from './control-error.ts';

export type NumberChange = { quality_rating?: string; status?: string; verified_name?: string };

function getNumber(sim: Simulation, id: string): PhoneNumber {
  const number = sim.state.numbers[id];
  if (!number) throw new ControlError(404, `There is no number ${id}.`);
  return number;
}

export function changeNumber(sim: Simulation, id: string, change: NumberChange): PhoneNumber {
  const number = getNumber(sim, id);
  if (change.quality_rating !== undefined) number.quality_rating = change.quality_rating;
  if (change.verified_name !== undefined) number.verified_name = change.verified_name;
  if (change.status !== undefined) {
    number.status = change.status;
    number.registered = change.status === 'CONNECTED';
  }
  sim.emit({ type: 'account', data: { waba_id: number.waba_id } });
  sim.changed();
  return number;
}

/** The number is no longer in its account. */
export function removeNumber(sim: Simulation, id: string): void {
  const { waba_id: wabaId } = getNumber(sim, id);
  delete sim.state.numbers[id];
  sim.emit({ type: 'account', data: { waba_id: wabaId } });
  sim.changed();
}
