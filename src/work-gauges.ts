/** How much waits, for whoever watches `/metrics`: read from the tables at the moment of asking, so every process says the same. */
import type { App } from './app.ts';
import { countWaitingItems } from './modules/inbound/jobs.ts';
import { countWaitingMessages } from './modules/outbound/jobs.ts';

export function addWorkGauges(app: App): void {
  app.metrics.gauge({
    name: 'switchboard_work_waiting',
    help: 'Rows that wait to be worked on, by queue.',
    labelNames: ['queue'],
    async collect() {
      const { deliveries, items, quarantined } = await countWaitingItems(app);
      this.set({ queue: 'webhook_deliveries' }, deliveries);
      this.set({ queue: 'webhook_items' }, items);
      this.set({ queue: 'quarantine' }, quarantined);
      this.set({ queue: 'outbox' }, await countWaitingMessages(app));
    },
  });
}
