/** Routes that belong to no module: probes, figures, documentation, the browser app's files. None of them knows who asks. */
import type { Entries, Entry } from './entry.ts';

const open: Entry = { may: 'anyone', answers: 200 };
const file = (name: string): Entry => ({ ...open, call: () => ({ params: { '*': name } }) });

export const platform: Entries = {
  'GET /healthz': open,
  // The matrix stops the workers, so that nothing moves by itself.
  'GET /readyz': open,
  'GET /metrics': open,
  'GET /api/openapi.json': open,
  'GET /docs': open,
  'HEAD /docs/': open,
  'GET /docs/json': open,
  'GET /docs/yaml': open,
  'GET /docs/static/index.html': { ...open, answers: 302 },
  'GET /docs/static/swagger-initializer.js': open,
  'GET /docs/static/*': file('swagger-ui.css'),
  'GET /*': { ...open, answers: 404, call: () => ({ params: { '*': 'no-such-file.txt' } }) },
};
