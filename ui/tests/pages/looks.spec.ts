// Every situation, light and dark, narrow and wide: no violation of accessibility rules, nothing cut off,
// nothing refused by the content security policy. With KEYFOB_PICTURES=FOLDER it leaves pictures there.

import { readdirSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const scenarios = readdirSync(new URL('../../src/fixtures', import.meta.url)).map((file) => file.replace('.json', ''));
const pictures = process.env['KEYFOB_PICTURES'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

for (const scenario of scenarios) {
  test(`${scenario} can be used by everybody`, async ({ page }) => {
    // Two hundred teams are much to look through.
    if (scenario === 'many') test.setTimeout(120_000);
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(String(error)));
    for (const width of [320, 380, 880]) {
      await page.setViewportSize({ width, height: width === 880 ? 620 : 560 });
      await page.goto(`/?scenario=${scenario}&still`);
      await expect(page.locator('h1')).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      if (width === 320) continue;
      for (const colorScheme of scenario === 'many' && width === 380 ? [] : (['light', 'dark'] as const)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        if (pictures) {
          const path = `${pictures}/${scenario}-${width}-${colorScheme}.png`;
          await page.screenshot({ path, fullPage: scenario !== 'many' });
        }
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
      }
    }
    expect(refused).toEqual([]);
  });
}
