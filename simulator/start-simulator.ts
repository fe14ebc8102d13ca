/** The simulator on a server of its own, for tests and for trying a client against it. */
import fastify from 'fastify';

import { createSimulator } from './create-simulator.ts';
import type { Simulator } from './create-simulator.ts';
import type { SimulatorOptions } from './options.ts';

export type RunningSimulator = Simulator & {
  /** `http://127.0.0.1:port/simulator` */
  url: string;
  /** The base address for Graph clients. */
  graphUrl: string;
};

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function startSimulator(options: SimulatorOptions, port = 0): Promise<RunningSimulator> {
  const simulator = createSimulator(options);
  const server = fastify({ forceCloseConnections: true });
  await server.register(simulator.plugin, { prefix: '/simulator' });
  const url = `${await server.listen({ host: '127.0.0.1', port })}/simulator`;
  return {
    ...simulator,
    url,
    graphUrl: `${url}/graph`,
    async close() {
      await server.close();
    },
  };
}
