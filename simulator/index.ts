/** What others may import of the simulator. */
export { createSimulator } from './create-simulator.ts';
export type { Simulator } from './create-simulator.ts';
export { startSimulator } from './start-simulator.ts';
export type { RunningSimulator } from './start-simulator.ts';
export { signBody } from './webhooks/sign.ts';
export type { SimulatorControl } from './control/control.ts';
export type { SimulatorOptions, Timing } from './options.ts';
