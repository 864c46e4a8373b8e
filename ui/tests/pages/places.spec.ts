// Every place and state is reached and left without a mouse: first page, search, banners, steps of a login, settings.

import { expect, test } from '@playwright/test';
import { acted, focused, log, open, tabTo } from './keys';

const heading = (page: import('@playwright/test').Page) => page.getByRole('heading', { level: 1 });

test('first run: the demo is tried and left again', async ({ page }) => {
  await open(page, 'empty');
  await tabTo(page, 'Try the demo');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Demo: an embedded cloud')).toBeVisible();
  await tabTo(page, 'Leave the demo');
  await page.keyboard.press('Enter');
  expect((await acted(page)).map((one) => one && 'click' in one && one.click)).toEqual(['try-demo', 'leave-demo']);
});

test('first run: a team is added by hand', async ({ page }) => {
  await open(page, 'empty');
  await tabTo(page, 'Add a team');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Add a team');
  await page.keyboard.type('pumps');
  await page.keyboard.press('Tab');
  await page.keyboard.type('https://pumps.awsapps.com/start');
  await page.keyboard.press('Tab');
  await page.keyboard.type('eu-west-1');
  await page.keyboard.press('Enter');
  const sent = (await acted(page)).at(-1);
  expect(sent).toMatchObject({
    form: { team: null, name: 'pumps', settings: { 'start-url': 'https://pumps.awsapps.com/start', region: 'eu-west-1' } },
  });
  await expect(heading(page)).toBeFocused();
});

test('another way of signing in has its own fields', async ({ page }) => {
  await open(page, 'add');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Start URL')).toBeHidden();
  await expect(page.getByLabel('User pool', { exact: true })).toBeVisible();
});

test('a team is found by its name and its line copied', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('green');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleName('Copy the line for greenhouse');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'copy-export' } });
  await expect(focused(page)).toHaveText('Copied');
});

test('a reminder is asked for in the banner of a session that ends soon', async ({ page }) => {
  await open(page, 'expiring');
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await expect(focused(page)).toHaveText('Log in again');
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('Remind me in 5 min');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'snooze' } });
});

test('a keychain that is locked is unlocked from its banner', async ({ page }) => {
  await open(page, 'locked');
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'unlock' } });
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('Why am I seeing this?');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Keychain');
});

test('offline: the next try is now', async ({ page }) => {
  await open(page, 'offline');
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'retry-now' } });
});

test('ended: logging in again begins at the team', async ({ page }) => {
  await open(page, 'expired-team');
  await tabTo(page, /^Log in again/);
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Log in to acme-prod');
  await page.keyboard.press('Escape');
  await expect(heading(page)).toHaveText('acme-prod');
});

test('an error leads to its way out', async ({ page }) => {
  await open(page, 'error');
  await tabTo(page, 'Edit the team');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Edit acme-prod');
});

test('a code that ran out is followed by another one', async ({ page }) => {
  await open(page, 'code-over');
  await expect(focused(page)).toHaveText('Get a new code');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Compare the code' })).toBeVisible();
});

test('a factor is chosen by arrows', async ({ page }) => {
  await open(page, 'factor');
  await expect(focused(page)).toHaveAccessibleName(/Authenticator app/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel(/Code sent by SMS/)).toBeFocused();
  expect((await acted(page)).at(-1)).toMatchObject({ answer: { answer: 'chosen', choice: 'sms' } });
});

test('a new password is typed twice and sent once', async ({ page }) => {
  await open(page, 'new-password');
  await page.keyboard.type('12 plain words');
  await tabTo(page, 'Show the password');
  await page.keyboard.press('Tab');
  await page.keyboard.type('12 plain words');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('acme-prod');
  const answers = (await log(page)).filter((one) => one.answer);
  expect(answers).toMatchObject([{ answer: { answer: { answer: 'filled', values: { password: '12 plain words' } } } }]);
});

test('a password goes to an address only when a person says so, and not by a hasty Enter', async ({ page }) => {
  await open(page, 'approve');
  await expect(focused(page)).toHaveText('Do not send it');
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('Send it there');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ answer: { answer: 'yes' } });
});

test('the line of a profile is copied from its team', async ({ page }) => {
  await open(page, 'team');
  await tabTo(page, 'Copy the line for staging.ReadOnly');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'copy-export', profile: expect.any(String) } });
});

test('settings: what is switched and what is chosen', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Control+,');
  await expect(heading(page)).toHaveText('Settings');
  const named = async (name: string) => {
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press('Tab');
      if (await page.getByLabel(name).evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  await named('Start at login');
  await page.keyboard.press('Space');
  expect((await acted(page)).at(-1)).toEqual({ click: 'start-at-login', on: false });
  await named('Warn before the end');
  await page.keyboard.press('ArrowDown');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'set-prefs', prefs: { warn_minutes: 15 } });
  await named('Copy lines for');
  await page.keyboard.type('fish');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'set-shell', shell: 'fish' });
  await named('Theme');
  await page.keyboard.type('Dark');
  expect((await acted(page)).at(-1)).toEqual({ click: 'set-theme', theme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('of many choices the last one stands first, and letters find the others', async ({ page }) => {
  await open(page, 'choose');
  await expect(focused(page)).toHaveAccessibleName('Search');
  await expect(page.getByRole('radio').first()).toBeChecked();
  await page.keyboard.type('analytics power');
  await expect(page.getByRole('radio')).toHaveCount(1);
  await page.keyboard.press('Enter');
  const choice = 'Workload-eu-central-1-analytics/PowerUser';
  expect((await acted(page)).at(-1)).toMatchObject({ answer: { answer: 'chosen', choice } });
});

test('the key of an authenticator is shown beside its question', async ({ page }) => {
  await open(page, 'setup');
  await expect(focused(page)).toHaveAccessibleName('Code that the app shows');
  await expect(page.getByText('JBSW Y3DP EHPK 3PXP')).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code of the key' })).toBeVisible();
});
