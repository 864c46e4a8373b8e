// What a person must be able to rely on beside what it looks like.

import { expect, test } from '@playwright/test';

test('200 teams are filtered at once', async ({ page }) => {
  await page.goto('/?scenario=many&still');
  await expect(page.getByRole('listitem').filter({ hasText: 'berlin-plant-001' })).toBeVisible();
  // At once is with the next frame: no timer lies between, and nothing is left for later.
  const left = await page.evaluate(async () => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]')!;
    field.value = 'osaka-plant';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(done));
    return document.querySelectorAll('[data-team]').length;
  });
  expect(left).toBe(29);
});

test('at least eight teams fit a panel', async ({ page }) => {
  await page.setViewportSize({ width: 380, height: 560 });
  await page.goto('/?scenario=many&still');
  const rows = page.locator('[data-team]');
  await expect(rows.first()).toBeVisible();
  const visible = await rows.evaluateAll((all) => all.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length);
  expect(visible).toBeGreaterThanOrEqual(8);
});

test('a view that comes while somebody types leaves the typing alone', async ({ page }) => {
  await page.goto('/?scenario=password&still');
  await page.getByLabel('Password', { exact: true }).fill('half a passw');
  await page.evaluate(() => window.showScenario('password'));
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('half a passw');
});

test('a password is not kept in the page once it was sent', async ({ page }) => {
  await page.goto('/?scenario=password&still');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('User name or password is not right.');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});

test('a wrong password keeps the name and the tick, and the next one goes into its own field', async ({ page }) => {
  await page.goto('/?scenario=password&still');
  await page.getByLabel('Remember the password').check();
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'User name' })).toHaveValue('admin');
  await expect(page.getByLabel('Remember the password')).toBeChecked();
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
});

test('markup in what comes from outside stays text', async ({ page }) => {
  const evil = '<img src=x onerror="window.hit = 1"><script>window.hit = 1</script>';
  await page.route('**/assets/ok-*.js', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll('acme-staging', evil.replaceAll('"', '\\"'));
    await route.fulfill({ response: answer, body });
  });
  await page.goto('/?scenario=ok&still');
  await expect(page.getByText(evil).first()).toBeVisible();
  expect(await page.evaluate(() => 'hit' in window)).toBe(false);
});

test('the menu of a team opens where it is clicked, and the menu of a browser nowhere', async ({ page }) => {
  await page.goto('/?scenario=ok&still');
  await page.getByText('6 h 12 min left').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: /^Details/ })).toBeFocused();
  await page.keyboard.press('Escape');
  const offered = (selector: string) =>
    page.locator(selector).first().evaluate((element) => element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })));
  expect(await offered('h1')).toBe(false);
  expect(await offered('input[type=search]'), 'one can paste').toBe(true);
});

test('a countdown is not read out every second', async ({ page }) => {
  await page.goto('/?scenario=code&still');
  await expect(page.getByRole('timer')).toHaveAttribute('aria-live', 'off');
  await expect(page.getByRole('timer')).toHaveText('Code valid for 8:00');
});

test('what was said stays while somebody looks at it', async ({ page }) => {
  await page.goto('/?scenario=copied&still');
  const said = page.getByText('Copied: export IOT_TEAM=acme-prod');
  await said.hover();
  await page.evaluate(() => window.showScenario('ok'));
  await expect(said).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(said).toBeHidden();
});

test('colours that a person forces leave every state legible', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto('/?scenario=expired&still');
  await expect(page.getByText('Ended 12:24')).toBeVisible();
  const colour = await page.locator('.state').first().evaluate((element) => getComputedStyle(element).color);
  expect(colour).toMatch(/^rgb/);
});

test('nothing moves where motion is unwelcome', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/?scenario=busy&still');
  await expect(page.getByText('Starting the login')).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('text spaced out by a person is not cut off', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 560 });
  for (const scenario of ['ok', 'team', 'code', 'settings']) {
    await page.goto(`/?scenario=${scenario}&still`);
    await expect(page.locator('h1')).toBeVisible();
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}');
      document.adoptedStyleSheets = [sheet];
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), scenario).toBeLessThanOrEqual(0);
  }
});

test('buttons are large enough to hit', async ({ page }) => {
  for (const scenario of ['ok', 'team', 'code', 'settings', 'import', 'add']) {
    await page.goto(`/?scenario=${scenario}&still`);
    await expect(page.locator('h1')).toBeVisible();
    const small = await page.locator('button, select, summary, input:not(.hidden)').evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility())
        .map((one) => [one.outerHTML.slice(0, 80), one.closest('label')?.getBoundingClientRect() ?? one.getBoundingClientRect()] as const)
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([html]) => html),
    );
    expect(small, scenario).toEqual([]);
  }
});

test('a role behind another profile is added by choosing where it begins and pasting its ARN', async ({ page }) => {
  await page.goto('/?scenario=add-profile&still');
  await page.getByLabel('A role behind another profile').check();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('deploy');
  await page.getByRole('combobox', { name: 'Begins with' }).selectOption({ label: 'staging.ReadOnly' });
  await page.getByRole('textbox', { name: 'ARN of the role' }).fill('arn:aws:iam::210987654321:role/Deploy');
  await page.getByText('More settings').click();
  await page.getByRole('textbox', { name: 'Lasts for' }).fill('1h');
  const picture = process.env['KEYFOB_PICTURES'];
  if (picture) await page.screenshot({ path: `${picture}/add-chain.png`, fullPage: true });
  await page.getByRole('button', { name: 'Add profile' }).click();
  const sent = (await page.evaluate(() => window.bridgeLog)).at(-1);
  expect(sent?.answer).toMatchObject({
    typed: 'profile',
    form: {
      name: 'deploy',
      provider: 'chain',
      settings: {
        via: expect.stringMatching(/^[a-z0-9]+\/[a-z0-9]+$/),
        'role-arn': 'arn:aws:iam::210987654321:role/Deploy',
        duration: '1h',
      },
    },
  });
});
