import { defineConfig } from '@playwright/test';

const port = 4173;

export default defineConfig({
  testDir: 'tests/pages',
  outputDir: '../target/ui-pages',
  fullyParallel: true,
  workers: 2,
  reporter: [['line']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: { executablePath: '/usr/bin/chromium' },
    locale: 'en-GB',
  },
  webServer: {
    command: `npx vite build --mode fake --logLevel warn && npx vite preview --outDir dist/fake --port ${port} --strictPort --host 127.0.0.1`,
    port,
    reuseExistingServer: false,
  },
});
