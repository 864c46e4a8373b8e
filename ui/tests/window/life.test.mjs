// How the real window program lives and ends. It needs a display with a window manager, xdotool and a built
// program: KEYFOB_WINDOW=target/debug/keyfob-window node --test tests/window

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const program = process.env.KEYFOB_WINDOW;
const view = JSON.parse(readFileSync(new URL('../../src/fixtures/ok.json', import.meta.url), 'utf8')).views[0];
const line = (value) => `${JSON.stringify(value)}\n`;

let manager;

before(async () => {
  manager = spawn('openbox', [], { stdio: 'ignore' });
  await sleep(500);
});

after(() => manager.kill());

/** A window with a pipe, shown. */
async function started() {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
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

async function until(what, test, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

/** As a person closes it. */
function close(pid) {
  execFileSync('xdotool', ['windowactivate', '--sync', visible(pid).split('\n')[0], 'key', 'alt+F4']);
}

/** The web processes below a process. */
function webProcesses(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return stat.includes('(WebKit') && stat.split(') ')[1].split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    });
}

test('it ends with its parent: when the pipe is closed', async () => {
  const window = await started();
  const start = Date.now();
  window.child.stdin.end();
  assert.equal(await window.ended, 0);
  assert.ok(Date.now() - start < 1500);
});

test('it ends when it is told to', async () => {
  const window = await started();
  window.child.stdin.write(line({ down: 'close' }));
  assert.equal(await window.ended, 0);
});

// I32: a page that has died would look like a window that is frozen.
test('when its page dies it says so by its exit status', async () => {
  const window = await started();
  const page = webProcesses(window.child.pid).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('WebKitWeb'));
  process.kill(Number(page), 'SIGKILL');
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

test('closed it waits hidden, comes back at once, and ends after a minute with nothing left behind', async () => {
  const window = await started();
  const { pid } = window.child;
  close(pid);
  await until('it is hidden', () => !visible(pid));
  await until('the tray knows', () => window.said.includes('"focused":false'));
  const start = Date.now();
  window.child.stdin.write(line({ down: 'raise' }));
  await until('it is back', () => visible(pid));
  assert.ok(Date.now() - start < 1000, `it took ${Date.now() - start} ms`);
  await sleep(300);
  close(pid);
  await until('it is hidden again', () => !visible(pid));
  assert.ok(webProcesses(pid).length > 0);
  const web = webProcesses(pid);
  assert.equal(await Promise.race([window.ended, sleep(75_000, 'still there')]), 0);
  await until('its web processes are gone', () => web.every((one) => {
    try {
      return readFileSync(`/proc/${one}/stat`, 'utf8').includes(') Z ');
    } catch {
      return true;
    }
  }));
});
