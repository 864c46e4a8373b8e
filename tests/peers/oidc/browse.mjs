// A person at a real browser: opens a page of the provider, types a name, agrees to everything, and waits for the page that
// says that it is done.
import { createRequire } from 'node:module';

const [modules, url] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)('playwright-core');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || undefined, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(url);
  const done = page.getByText(/You are logged in|Sign-in Success/);
  const name = page.locator('input[name=login]');
  const on = page.locator('button[type=submit]:visible, button[autofocus]:visible').first();
  for (let step = 0; step < 8; step += 1) {
    await done.or(name).or(on).first().waitFor({ timeout: 60_000 });
    if (await done.count()) break;
    if (await name.count()) {
      await name.fill('ada');
      await page.locator('input[name=password]').fill('any');
    }
    await Promise.all([page.waitForNavigation(), on.click()]);
  }
  await done.waitFor({ timeout: 60_000 });
} finally {
  await browser.close();
}
