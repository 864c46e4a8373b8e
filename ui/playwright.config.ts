import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

// One that is free, so that two copies of the sources can be tested at once. Each worker reads this file again.
const find = 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })';
const port = Number((process.env.KEYFOB_PAGES_PORT ??= execFileSync(process.execPath, ['-e', find]).toString().trim()));

export default defineConfig({
  testDir: 'tests/pages',
  outputDir: '../target/ui-pages',
  fullyParallel: true,
  workers: 2,
  reporter: [['line']],
  // Only what hangs takes so long; a busy machine may take its time.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: { executablePath: '/usr/bin/chromium' },
    locale: 'en-GB',
  },
  webServer: {
    command: `npx vite build --mode fake --logLevel warn && npx vite preview --outDir dist/fake --port ${port} --strictPort --host 127.0.0.1`,
    port,
    timeout: 300_000,
    reuseExistingServer: false,
  },
});
