// What a person without a mouse does and sees.

import { expect, type Page } from '@playwright/test';

export const focused = (page: Page) => page.locator(':focus');
export const log = (page: Page) => page.evaluate(() => window.bridgeLog);
export const acted = async (page: Page) => (await log(page)).map((one) => one.act ?? one.answer);

export async function open(page: Page, scenario: string) {
  await page.goto(`/?scenario=${scenario}`);
  await expect(focused(page)).toBeVisible();
}

/** Presses Tab until the focus is on something of that name. */
export async function tabTo(page: Page, name: string | RegExp) {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });
    if (typeof name === 'string' ? label === name : name.test(label)) return;
  }
  throw new Error(`Tab never came to ${name}`);
}
