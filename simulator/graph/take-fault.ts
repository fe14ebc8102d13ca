/** The faults that were ordered for the next sends and other calls, taken one per call. */
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Simulation } from '../simulation.ts';
import type { CallFault, SendFault } from '../state/state.ts';
import { GraphApiError } from './graph-error.ts';

/** The fault that meets this send, or null. */
export function takeSendFault(sim: Simulation, phoneNumberId: string): SendFault | null {
  const faults = sim.state.faults.sends;
  const index = faults.findIndex((fault) => (fault.phone_number_id ?? phoneNumberId) === phoneNumberId);
  const fault = faults[index];
  if (!fault) return null;
  const left = (fault.times ?? 1) - 1;
  if (left > 0) fault.times = left;
  else faults.splice(index, 1);
  sim.emit({ type: 'faults', data: {} });
  return fault;
}

/** The fault that meets a call such as `GET account/phone_numbers`, or null. */
export function takeCallFault(sim: Simulation, call: string): CallFault | null {
  const faults = sim.state.faults.calls;
  const index = faults.findIndex((fault) => fault.call === call);
  const fault = faults[index];
  if (!fault) return null;
  const left = (fault.times ?? 1) - 1;
  if (left > 0) fault.times = left;
  else faults.splice(index, 1);
  sim.emit({ type: 'faults', data: {} });
  return fault;
}

/** Thrown when the answer was already given in another way than JSON. */
export class AlreadyAnswered extends Error {}

/** Faults that strike before the message is accepted. */
export async function strikeBefore(
  request: { reply: FastifyReply },
  fault: SendFault | CallFault | null,
): Promise<void> {
  switch (fault?.kind) {
    case 'graph_error':
      throw new GraphApiError(fault.code ?? 131000, {
        details: fault.details ?? 'This error was ordered from the simulator.',
        ...(fault.subcode === undefined ? {} : { subcode: fault.subcode }),
        ...(fault.http_status === undefined ? {} : { status: fault.http_status }),
      });
    case 'http':
      await request.reply.code(fault.http_status ?? 500).send(fault.body ?? {});
      throw new AlreadyAnswered();
    case 'html':
      await request.reply
        .code(fault.http_status ?? 502)
        .type('text/html; charset=utf-8')
        .send('<!doctype html><title>Bad gateway</title><h1>Sorry, something went wrong.</h1>');
      throw new AlreadyAnswered();
    case 'drop_before':
      dropConnection(request);
      throw new AlreadyAnswered();
    case 'delay':
      await waitAsOrdered(fault);
      return;
    default:
  }
}

export function waitAsOrdered(fault: Pick<SendFault, 'delay_ms'>): Promise<void> {
  return sleep(fault.delay_ms ?? 1_000);
}

/** Closes the connection without an answer, as a network failure does. */
export function dropConnection(request: { reply: FastifyReply }): void {
  request.reply.hijack();
  request.reply.raw.socket?.destroy();
}
