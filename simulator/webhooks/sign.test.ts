import { expect, test } from 'vitest';

import { escapeLikeMeta, signBody } from './sign.ts';

test.each([
  [
    '{"object":"whatsapp_business_account","entry":[]}',
    'sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756',
  ],
  [
    '{"object": "whatsapp_business_account", "entry": []}',
    'sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a',
  ],
])('signs the bytes as they are, spaces included: %s', (body, signature) => {
  expect(signBody(body, 'test_app_secret')).toBe(signature);
  expect(signBody(Buffer.from(body), 'test_app_secret')).toBe(signature);
});

test('escapes what Meta escapes without changing the meaning', () => {
  const text = JSON.stringify({ body: 'Grüße 🚲 https://a.example/b', quote: '"' });
  const escaped = escapeLikeMeta(text);
  expect(escaped).toContain('Gr\\u00fc\\u00dfe \\ud83d\\udeb2 https:\\/\\/a.example\\/b');
  expect(JSON.parse(escaped)).toEqual(JSON.parse(text));
});
