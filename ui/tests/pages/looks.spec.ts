// Every situation, light and dark, narrow and wide: no violation of accessibility rules, nothing cut off,
// nothing refused by the content security policy. With KEYFOB_PICTURES=FOLDER it leaves pictures there.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type Page } from '@playwright/test';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';

const scenarios = readdirSync(new URL('../../src/fixtures', import.meta.url)).map((file) => file.replace('.json', ''));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env['KEYFOB_PICTURES'];
const options: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};

declare global {
  interface Window {
    axe: { run: (context: ElementContext, options: RunOptions) => Promise<AxeResults> };
  }
}

/** One page for all: loading it and the rules again takes longer than looking. */
const test = base.extend<object, { stage: { page: Page; errors: string[] } }>({
  stage: [
    async ({ browser }, use) => {
      const page = await browser.newPage({ reducedMotion: 'reduce', locale: 'en-GB' });
      const errors: string[] = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`http://127.0.0.1:${process.env['KEYFOB_PAGES_PORT']}/?scenario=ok&still`);
      await page.evaluate(axe);
      await use({ page, errors });
      await page.close();
    },
    { scope: 'worker' },
  ],
});

/** What axe finds; of a long list the first rows, for the others are made the same and take it seconds. */
async function violations(page: Page) {
  return page.evaluate(async (options) => {
    document.querySelectorAll('[data-team]:nth-child(n + 12)').forEach((row) => row.remove());
    const { violations } = await window.axe.run(document, options);
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
  }, options);
}

for (const scenario of scenarios) {
  test(`${scenario} can be used by everybody`, async ({ stage: { page, errors } }) => {
    await page.evaluate(async (name) => {
      // By way of a page that remembers nothing, so that each begins anew.
      for (const next of ['keychain', name]) {
        await window.showScenario(next);
        await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      }
    }, scenario);
    if (pictures) await picture(page, scenario, pictures);
    // Each theme at one width and each width with one theme: colours do not depend on widths.
    for (const [width, height, colorScheme] of [[320, 560, 'light'], [380, 560, 'dark'], [880, 620, 'light']] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      if (width !== 320) expect(await violations(page), `${colorScheme} at ${width} px`).toEqual([]);
    }
    expect(errors.splice(0)).toEqual([]);
  });
}

async function picture(page: Page, scenario: string, folder: string) {
  for (const [width, height] of [[380, 560], [880, 620]] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/${scenario}-${width}-${colorScheme}.png`, fullPage: scenario !== 'many' });
    }
  }
}
