/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The same policy as in tauri.conf.json, for the pages that tests look at.
export const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

// `--mode fake` builds the page on the stand-in of the bridge, for a browser.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: { alias: { '#bridge': path(mode === 'fake' || mode === 'test' ? 'src/bridge.fake.ts' : 'src/bridge.ts') } },
  build: {
    outDir: mode === 'fake' ? 'dist/fake' : 'dist/app',
    target: 'safari16.4',
    cssTarget: 'safari17.5',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  preview: { headers: { 'Content-Security-Policy': csp } },
  server: { port: 5173, strictPort: true },
  // A busy machine may take its time.
  test: { include: ['tests/unit/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
}));
