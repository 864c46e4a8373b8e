// The real window program, driven through WebKit's own driver. Run by run.sh.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const program = process.env.KEYFOB_WINDOW;
const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'keyfob-window-'));
const [down, up] = [join(folder, 'down'), join(folder, 'up')];
const fixture = (name) => JSON.parse(readFileSync(new URL(`../../src/fixtures/${name}.json`, import.meta.url), 'utf8')).views[0];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let driver;
let session;

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Says something down the pipe. */
const say = (line) => appendFileSync(down, `${JSON.stringify(line)}\n`);
const show = (name) => say({ down: 'view', view: fixture(name) });
const said = () => readFileSync(up, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

async function ask(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

const run = (script, ...args) => ask('POST', `${session}/execute/sync`, { script, args });
const runLater = (script, ...args) => ask('POST', `${session}/execute/async`, { script, args });

async function until(what, test) {
  const end = Date.now() + 120_000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

const heading = () => run('return document.querySelector("h1")?.textContent');

before(async () => {
  assert.ok(program, 'KEYFOB_WINDOW names the program');
  writeFileSync(down, '');
  writeFileSync(up, '');
  show('ok');
  // The driver starts it without a pipe: this stands in for the tray.
  const stub = join(folder, 'tray');
  writeFileSync(stub, `#!/bin/sh\ntail -n +1 -f '${down}' | '${program}' >'${up}'\n`);
  chmodSync(stub, 0o755);
  driver = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    env: { ...process.env, TAURI_WEBVIEW_AUTOMATION: 'true' },
    stdio: 'ignore',
  });
  await until('the driver answers', () => fetch(`http://127.0.0.1:${port}/status`).then(() => true, () => false));
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: stub, args: [] } } };
  const { sessionId } = await ask('POST', '/session', { capabilities });
  session = `/session/${sessionId}`;
  await until('the page shows the teams', async () => (await heading()) === 'Teams');
});

after(async () => {
  say({ down: 'close' });
  await sleep(200);
  driver?.kill();
});

test('a view that comes down the pipe is shown, and a click goes up it', async () => {
  await run('document.querySelector("[data-team] .name button").click()');
  await until('the click is up', () => said().some((line) => line.up === 'act' && line.click.action.action === 'open'));
  show('team');
  await until('the team is shown', async () => (await heading()) === 'acme-staging');
});

test('what a person types goes up the pipe as it is', async () => {
  show('password');
  await until('the password is asked', async () => (await heading()) === 'Log in to acme-prod');
  await run(`
    const field = document.querySelector('[name=password]');
    field.value = 'p"w\\\\☃';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    document.querySelector('form').requestSubmit();`);
  await until('the answer is up', () => said().some((line) => line.up === 'answer'));
  const { typed } = said().find((line) => line.up === 'answer');
  assert.deepEqual(typed.answer, { answer: 'filled', values: { username: 'admin', password: 'p"w\\☃' }, ticks: [] });
});

// T25: from the page, our four commands answer and none of Tauri's does.
test('the page can call four commands and no other', async () => {
  const call = (name, args) =>
    runLater(
      `const [name, args, done] = arguments;
       window.__TAURI_INTERNALS__.invoke(name, args).then(() => done('answered'), (error) => done(String(error)));`,
      name,
      args ?? {},
    );
  assert.equal(await call('view'), 'answered');
  for (const name of [
    'plugin:event|listen',
    'plugin:event|emit',
    'plugin:app|version',
    'plugin:window|close',
    'plugin:window|get_all_windows',
    'plugin:webview|create_webview',
    'plugin:webview|print',
    'plugin:path|resolve_directory',
    'plugin:resources|close',
    'plugin:menu|new',
    'plugin:tray|new',
    'plugin:image|from_path',
    'plugin:shell|open',
    'plugin:fs|read_file',
    'unknown',
  ]) {
    assert.match(await call(name), /not allowed|not found|denied|Command/, name);
  }
  const before = said().length;
  assert.notEqual(await call('act', { click: { click: 'act', action: { action: 'erase-everything' } } }), 'answered');
  assert.notEqual(await call('answer', { typed: { typed: 'login', answer: { answer: 'filled', values: { code: '123456' }, ticks: [] } } }), 'answered');
  assert.equal(said().length, before, 'what is not understood goes nowhere');
});

test('the content security policy lets nothing foreign in', async () => {
  const parts = ['img-src', 'script-src', 'frame-src', 'style-src', 'connect-src'];
  const outcome = await runLater(`
    const done = arguments[0];
    const refused = [];
    addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
    const image = document.createElement('img');
    image.src = 'https://example.com/x.png';
    const script = document.createElement('script');
    script.textContent = 'window.hit = 1';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    const styled = document.createElement('div');
    styled.innerHTML = '<p style="color:red">x</p>';
    document.body.append(image, script, frame, styled);
    fetch('https://example.com/').catch(() => {});
    try { window.eval('window.hit = 2'); } catch {}
    const [wanted, end] = [${JSON.stringify(parts)}, Date.now() + 20000];
    const look = () => {
      if (Date.now() < end && !wanted.every((part) => refused.some((one) => one.startsWith(part)))) return setTimeout(look, 50);
      [image, script, frame, styled].forEach((one) => one.remove());
      done({ hit: 'hit' in window, refused });
    };
    look();`);
  assert.equal(outcome.hit, false);
  for (const part of parts) {
    assert.ok(outcome.refused.some((one) => one.startsWith(part)), `${part} was not refused: ${outcome.refused}`);
  }
});

test('the page cannot lead the window anywhere else', async () => {
  await run('location.href = "https://example.com/"');
  await sleep(300);
  assert.match(await run('return location.href'), /^tauri:\/\/localhost/);
  assert.equal(await run('return window.open("https://example.com/") === null'), true);
});

test('prototypes are frozen before any script of the page runs', async () => {
  assert.equal(await run('return Object.isFrozen(Object.prototype)'), true);
});

test('the accessibility rules hold in the web view that people have', async () => {
  for (const name of ['ok', 'team', 'code', 'password', 'settings', 'add', 'import', 'expiring']) {
    show(name);
    const title = fixture(name).title;
    await until(`${name} is shown`, async () => (await heading()) === title);
    await run(axe);
    const violations = await runLater(`
      const done = arguments[0];
      axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => done(violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' '))));`);
    assert.deepEqual(violations, [], name);
  }
});
