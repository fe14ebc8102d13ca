/** Files of messages. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract.ts';
import { openMedia, retryMedia } from './read-media.ts';
import { describeFile, describeThumbnail, sendFile } from './send-file.ts';

const tags = ['Files'];
const config = { access: 'conversations:read' } as const;

export function mediaRoutes(server: HttpServer, app: App): void {
  const params = contract.MediaParams;
  const description = 'The bytes. Pictures, sound and film are shown in place; everything else is saved.';
  server.get(
    '/api/v1/media/:id',
    { config, schema: { tags, params, description } },
    async (request, reply) => {
      const opened = await openMedia(app, actorOf(request), request.params.id);
      return sendFile(request, reply, describeFile(opened));
    },
  );
  server.get('/api/v1/media/:id/thumbnail', { config, schema: { tags, params } }, async (request, reply) => {
    const opened = await openMedia(app, actorOf(request), request.params.id);
    return sendFile(request, reply, describeThumbnail(opened));
  });
  server.post(
    '/api/v1/media/:id/retry',
    {
      config: { access: 'conversations:update' },
      schema: { tags, params, response: { 200: contract.Media } },
    },
    (request) => retryMedia(app, actorOf(request), request.params.id),
  );
}
