/**
 * Builds the browser app into dist/web. The server's Content-Security-Policy is `default-src 'self'`:
 * nothing may be inlined, neither scripts nor fonts and images as data: addresses.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2024',
  },
  server: {
    port: 5173,
    proxy: { '/api': server, '/webhooks': server, '/simulator': server },
  },
});
