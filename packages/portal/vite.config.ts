import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './build/compress-assets.ts';
import { paintFirst } from './build/paint-first.ts';

/** Where `npm run dev` finds a running service. */
const service = 'http://127.0.0.1:8080';

// biome-ignore lint/style/noDefaultExport: Vite asks for it.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), paintFirst('src/theme/start-colour-scheme.ts'), compressAssets()],
  build: {
    target: ['chrome120', 'firefox121', 'safari17'],
    manifest: 'manifest.json',
    // The policy of the pages allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // portal-weight.ts holds the budget.
    chunkSizeWarningLimit: 1000,
    emptyOutDir: true,
    // What is bundled may be passed on with its licence alone.
    license: { fileName: 'licences.md' },
    // How long plugins take on a slow machine is no news to whoever starts the service.
    rolldownOptions: { checks: { bundlerTimings: false }, optimization: { inlineConst: true } },
  },
  server: {
    strictPort: true,
    port: 5173,
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/portal', '/setup', '/docs', '/openapi.json', '/healthz'].map((path) => [
        path,
        { target: service, headers: { origin: service } },
      ]),
    ),
  },
});
