// How the real window program lives and ends. Run by run.sh.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const program = process.env.KEYFOB_WINDOW;
const view = JSON.parse(readFileSync(new URL('../../src/fixtures/ok.json', import.meta.url), 'utf8')).views[0];
const line = (value) => `${JSON.stringify(value)}\n`;

let children = [];

// One that a failed test has left.
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

/** A window with a pipe, shown. */
async function started(env = {}) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  children.push(child);
  const window = { child, said: '', ended: new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal))) };
  child.stdout.on('data', (bytes) => (window.said += bytes));
  child.stdin.write(line({ down: 'view', view }));
  await until('the window is there', () => visible(child.pid));
  return window;
}

function visible(pid) {
  try {
    const found = execFileSync('xdotool', ['search', '--onlyvisible', '--all', '--pid', pid, '--name', 'Keyfob'], { stdio: 'pipe' });
    return found.toString().trim();
  } catch {
    return '';
  }
}

async function until(what, test, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

/** As a person does; nothing while the window manager is still at it. */
function press(pid, keys) {
  const [window] = visible(pid).split('\n');
  if (!window) return;
  try {
    execFileSync('timeout', ['5', 'xdotool', 'windowactivate', '--sync', window, 'key', keys], { stdio: 'pipe' });
  } catch {
    // It is gone just now, or the machine is busy: whoever waits for what the keys do presses them again.
  }
}

const close = (pid) => press(pid, 'alt+F4');

/** What lives of WebKit below a process: those that show pages, or all. */
function webProcesses(pid, name = 'WebKit') {
  return readdirSync('/proc').filter((one) => /^\d+$/.test(one) && stat(one).startsWith(`${pid} ${name}`));
}

/** The parent and the name of a process; empty when it has ended. */
function stat(pid) {
  try {
    const [, name, state, parent] = /\((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return state === 'Z' ? '' : `${parent} ${name}`;
  } catch {
    return '';
  }
}

test('it ends with its parent: when the pipe is closed', async () => {
  const window = await started();
  const start = Date.now();
  window.child.stdin.end();
  assert.equal(await window.ended, 0);
  // It does not wait hidden for a minute, as after it was closed.
  assert.ok(Date.now() - start < 30_000);
});

test('it ends when it is told to', async () => {
  const window = await started();
  window.child.stdin.write(line({ down: 'close' }));
  assert.equal(await window.ended, 0);
});

// F87, I32: a page that has died would look like a window that is frozen.
test('a page that dies is loaded again twice, and then the window ends with a status that says so', async () => {
  const window = await started();
  const { pid } = window.child;
  for (const time of [1, 2, 3]) {
    await until(`the page works, ${time}`, () => {
      press(pid, 'ctrl+n');
      return window.said.includes('"page":"add-team"');
    });
    const [page] = webProcesses(pid, 'WebKitWeb');
    process.kill(Number(page), 'SIGKILL');
    if (time < 3) await until('there is another page', () => webProcesses(pid, 'WebKitWeb').some((other) => other !== page));
    // Nothing more of what the dead one has said.
    window.said = '';
  }
  assert.equal(await window.ended, 70);
});

test('garbage from above does it no harm', async () => {
  const window = await started();
  window.child.stdin.write('\n{"down":\n\u0000\u0001{}\n[]\n{"down":"dance"}\n');
  window.child.stdin.write(line({ down: 'view', view: { ...view, title: 'Still here' } }));
  await until('the next view is shown', () => {
    const names = visible(window.child.pid).split('\n').filter(Boolean);
    return names.some((id) => execFileSync('xdotool', ['getwindowname', id]).toString().startsWith('Still here'));
  });
  window.child.stdin.end();
  assert.equal(await window.ended, 0);
});

test('closed it waits hidden with its page, and comes back as it was', async () => {
  const window = await started();
  const { pid } = window.child;
  for (const time of [1, 2]) {
    await until(`it is hidden, ${time}`, () => {
      close(pid);
      return !visible(pid);
    });
    await until('the tray knows', () => window.said.includes('"focused":false'));
    const web = webProcesses(pid);
    window.child.stdin.write(line({ down: 'raise' }));
    await until('it is back', () => visible(pid));
    // Nothing had to be started for it.
    assert.deepEqual(webProcesses(pid), web);
  }
});

test('it leaves nothing in the home folder', async () => {
  const window = await started();
  window.child.stdin.end();
  await window.ended;
  const home = process.env.HOME;
  const left = readdirSync(home, { recursive: true }).filter((name) => /keyfob|webkit/i.test(name) && !name.startsWith('run/'));
  assert.deepEqual(left, []);
});

test('a minute after it was closed it ends, with nothing left behind', async () => {
  // Its minute is over in three seconds of ours.
  const faster = { LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1', FAKETIME: '+0 x20', DONT_FAKE_MONOTONIC: '0' };
  const window = await started(faster);
  const { pid } = window.child;
  const web = webProcesses(pid);
  assert.ok(web.length > 0);
  const start = Date.now();
  await until('it is hidden', () => {
    close(pid);
    return !visible(pid);
  });
  assert.equal(await Promise.race([window.ended, sleep(120_000, 'still there', { ref: false })]), 0);
  assert.ok(Date.now() - start > 2500, 'it has waited');
  await until('its web processes are gone', () => web.every((one) => !stat(one)));
});
