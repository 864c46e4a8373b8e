// What can be done with an account beside logging in: found from the login, filled in and sent like any question.

import { expect, test } from '@playwright/test';
import { acted, focused, open, tabTo } from './keys';

const heading = (page: import('@playwright/test').Page) => page.getByRole('heading', { level: 1 });

test('a forgotten password is the way from the login to a new one', async ({ page }) => {
  await open(page, 'password');
  await tabTo(page, 'Forgot password?');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'account', deed: 'forgot' } });
  await expect(heading(page)).toHaveText('Choose a new password for acme-prod');
  await expect(page.getByRole('textbox', { name: 'User name' })).toHaveValue('admin');
  await expect(page.getByRole('button', { name: 'Send a code' })).toBeVisible();
});

test('somebody new fills in an account from the keyboard', async ({ page }) => {
  await open(page, 'password');
  await tabTo(page, 'Create an account');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Create an account for acme-prod');
  await page.getByRole('textbox', { name: 'User name' }).fill('zoe');
  await page.getByLabel('E-mail').fill('zoe@acme.example');
  await page.getByLabel('New password', { exact: true }).fill('Brand-New-9');
  await page.getByLabel('The same again').fill('Brand-New-8');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleDescription(/The two are not the same/);
  await page.getByLabel('The same again').fill('Brand-New-9');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({
    answer: { answer: 'filled', values: { username: 'zoe', email: 'zoe@acme.example', 'new-password': 'Brand-New-9' } },
  });
});

test('a name that is taken is said at its field, and what was typed is still there', async ({ page }) => {
  await open(page, 'sign-up-taken');
  await expect(focused(page)).toHaveAccessibleName('User name');
  await expect(focused(page)).toHaveAccessibleDescription(/That user name is taken/);
  await expect(page.getByLabel('E-mail')).toHaveValue('ana@acme.example');
});

test('a code that did not come is sent again', async ({ page }) => {
  await open(page, 'confirm');
  await expect(page.getByText('A code was sent to a***@a***.')).toBeVisible();
  await tabTo(page, 'Send the code again');
  await page.keyboard.press('Enter');
  expect((await acted(page)).at(-1)).toMatchObject({ click: 'other', other: 'send-again' });
});

test('an account that stands in the way is mended by the button beside the reason', async ({ page }) => {
  for (const [scenario, name, deed] of [
    ['not-confirmed', 'Confirm your account', 'confirm'],
    ['reset-required', 'Forgot password?', 'forgot'],
  ] as const) {
    await page.goto(`/?scenario=${scenario}`);
    await page.getByRole('button', { name }).click();
    expect((await acted(page)).at(-1)).toMatchObject({ action: { action: 'account', deed } });
  }
});

test('the password is changed from the menu of a team that is logged in', async ({ page }) => {
  await open(page, 'team-open-end');
  await page.getByRole('button', { name: 'More actions for acme-prod' }).click();
  await page.getByRole('menuitem', { name: 'Change password…' }).click();
  await expect(heading(page)).toHaveText('Change your password for acme-prod');
  await expect(page.getByLabel('Password that you have now')).toHaveAttribute('autocomplete', 'current-password');
  await expect(page.getByLabel('New password', { exact: true })).toHaveAttribute('autocomplete', 'new-password');
});
