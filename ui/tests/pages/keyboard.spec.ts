// The journeys of a person without a mouse (experience E2). No test here points at anything.

import { expect, test } from '@playwright/test';
import { acted, focused, log, open, tabTo } from './keys';

test('the window opens with the focus on its heading', async ({ page }) => {
  await open(page, 'ok');
  await expect(focused(page)).toHaveText('Teams');
});

test('first run: found teams are imported', async ({ page }) => {
  await open(page, 'found');
  await tabTo(page, 'Review and import');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Import teams');
  await expect(focused(page)).toHaveText('Import teams');
  await tabTo(page, 'Import vineyard');
  await page.keyboard.press('Space');
  await tabTo(page, 'Import 2 teams');
  await page.keyboard.press('Enter');
  const sent = (await acted(page)).at(-1);
  expect(sent).toEqual({ typed: 'import', found: 1, chosen: [{ key: 0, name: 'pumps' }, { key: 2, name: 'acme' }] });
});

test('a login by code: copied and opened without a mouse', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await expect(focused(page)).toHaveAccessibleName('Log in to lab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Log in to lab');
  await expect(focused(page)).toHaveText('Open again');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+o');
  const clicks = (await acted(page)).slice(-2).map((one) => one && 'action' in one && one.action.action);
  expect(clicks).toEqual(['copy-code', 'open-page']);
  await page.keyboard.press('Escape');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'cancel-login' } });
});

test('a login by password and one-time code', async ({ page }) => {
  await open(page, 'password');
  await expect(focused(page)).toHaveAttribute('autocomplete', 'current-password');
  await page.keyboard.type('pass word');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Code from your authenticator app')).toBeFocused();
  await page.keyboard.type('000 000');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/That code is not right/)).toBeVisible();
  await expect(focused(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.type('123456');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('acme-prod');
  await expect(focused(page)).toHaveText('acme-prod');
  await expect(page.locator('#announcer')).toContainText('Logged in as admin');
  const answers = (await log(page)).flatMap((one) => (one.answer?.typed === 'login' ? [one.answer.answer] : []));
  expect(answers).toEqual([
    { answer: 'filled', values: { username: 'admin', password: 'pass word' }, ticks: [] },
    { answer: 'filled', values: { code: '000000' }, ticks: [] },
    { answer: 'filled', values: { code: '123456' }, ticks: [] },
  ]);
});

test('an empty answer is told beside the field and not sent', async ({ page }) => {
  await open(page, 'password');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleDescription('This is needed.');
  expect(await log(page)).toEqual([]);
});

test('two new passwords that differ are not sent', async ({ page }) => {
  await open(page, 'new-password');
  await page.keyboard.type('one');
  await tabTo(page, 'Show the password');
  await page.keyboard.press('Tab');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleDescription('The two are not the same.');
  expect(await log(page)).toEqual([]);
});

test('single letters act on the team that has the focus', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Control+f');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('c');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'copy-export' } });
  await expect(page.getByRole('status').getByText('Copied: export IOT_TEAM')).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('r');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'renew' } });
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('p');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'pin', pinned: true });
});

test('a letter in the search field is only a letter', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('crlp');
  expect(await log(page)).toEqual([]);
  await expect(page.getByText('No team matches “crlp”.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listitem').filter({ hasText: 'lab' })).toBeVisible();
});

test('a menu opens, moves and gives the focus back', async ({ page }) => {
  await open(page, 'ok');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+F10');
  await expect(focused(page)).toHaveText(/Details/);
  await page.keyboard.press('ArrowUp');
  await expect(focused(page)).toHaveText('Remove…');
  await page.keyboard.press('Escape');
  await expect(focused(page)).toHaveAccessibleName('More actions for acme-prod');
});

test('a team is removed and brought back', async ({ page }) => {
  await open(page, 'remove');
  await expect(focused(page)).toHaveText('Remove acme-staging?');
  await tabTo(page, 'Remove team acme-staging');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Removed lab')).toBeVisible();
  await page.keyboard.press('Control+z');
  expect((await acted(page)).at(-1)).toEqual({ click: 'undo-remove' });
});

test('a form leads to the field that is wrong and keeps what was typed', async ({ page }) => {
  await open(page, 'add');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await page.keyboard.type('pumps');
  await page.keyboard.press('Control+s');
  expect((await acted(page)).at(-1)).toMatchObject({ typed: 'team', form: { name: 'pumps', provider: 'aws-sso' } });
  await expect(page.getByLabel('Start URL')).toBeFocused();
  await expect(focused(page)).toHaveAccessibleDescription(/Start URL is missing/);
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('pumps');
});

test('a secret of a form goes apart from its settings', async ({ page }) => {
  await open(page, 'edit');
  await tabTo(page, 'More settings');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('s3cr3t');
  await page.keyboard.press('Enter');
  const sent = (await acted(page)).at(-1);
  expect(sent).toMatchObject({ form: { secrets: { 'client-secret': 's3cr3t' } } });
  expect(JSON.stringify((sent as { form: { settings: unknown } }).form.settings)).not.toContain('s3cr3t');
});

test('F6 goes round navigation, banners and page', async ({ page }) => {
  await open(page, 'locked');
  await page.keyboard.press('F6');
  await expect(focused(page)).toHaveText('Teams');
  await page.keyboard.press('F6');
  await expect(focused(page)).toHaveText('Unlock…');
  await page.keyboard.press('F6');
  await expect(page.getByRole('searchbox')).toBeFocused();
});

test('shortcuts lead to every place', async ({ page }) => {
  await open(page, 'ok');
  for (const [key, title] of [['Control+n', 'Add a team'], ['Control+,', 'Settings'], ['Control+i', 'Import teams']] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  }
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Teams');
});

test('roles are searched, chosen and added', async ({ page }) => {
  await open(page, 'roles');
  await expect(page.getByLabel('Search accounts and roles')).toBeFocused();
  await page.keyboard.type('data');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await tabTo(page, 'Add 1 profile');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ typed: 'profiles', found: 1, keys: [4] });
});

test('roles are chosen while others come, and stopping keeps what was chosen', async ({ page }) => {
  await open(page, 'roles-coming');
  await expect(page.getByText('Looking through accounts: 3 of 4')).toBeVisible();
  await page.getByRole('checkbox').first().focus();
  await page.keyboard.press('Space');
  await tabTo(page, 'Stop');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'stop-looking' });
  await expect(page.getByRole('heading', { name: 'Not all accounts could be looked through' })).toBeVisible();
  await expect(page.getByText('acme-data (456789012345)')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add 1 profile' })).toBeVisible();
  await expect(focused(page)).toHaveText('Try again');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'look-on' });
  await expect(focused(page)).toHaveText('Stop');
  await expect(page.getByRole('button', { name: 'Add 1 profile' })).toBeVisible();
});
