// The bridge's stand-in for a browser. It shows views that Rust made (src/fixtures), chosen by `?scenario=`,
// and follows the clicks that lead from one to another. `&still` stops its clock, for pictures.

import type { Bridge, Shown } from './bridge';

export type { Shown };
import type { Click } from './bindings/Click';
import type { Typed } from './bindings/Typed';
import type { View } from './bindings/View';

interface Fixture {
  now: number;
  views: View[];
}

declare global {
  interface Window {
    /** What came through the bridge, for tests to read. */
    bridgeLog: { act?: Click; answer?: Typed }[];
    /** Shows another scenario, as if the world had changed. */
    showScenario: (name: string) => Promise<void>;
  }
}

const fixtures = import.meta.glob<Fixture>('./fixtures/*.json', { import: 'default' });
const query = new URLSearchParams(location.search);
const still = query.has('still');
const started = performance.now();

async function load(name: string): Promise<Fixture> {
  const fixture = fixtures[`./fixtures/${name}.json`];
  if (!fixture) throw new Error(`there is no scenario called ${name}`);
  return fixture();
}

let base: Fixture | undefined;
let shown: View | null = null;
const listeners = new Set<(view: View | null) => void>();

function show(view: View | undefined) {
  if (!view) return;
  shown = view;
  for (const changed of listeners) changed(view);
}

async function showScenario(name: string) {
  base = await load(name);
  show(base.views[0]);
}

/** The view of a page: of this scenario, or else of the one in good order. */
async function pageOf(page: { page: string; team?: string }): Promise<View | undefined> {
  const same = (view: View) => view.page.page === page.page && view.page.team === page.team;
  const found = base?.views.find(same) ?? (await load('ok')).views.find(same);
  // A team of a scenario with others than usual: any team will do.
  return found ?? (await load('ok')).views.find((view) => view.page.page === page.page);
}

/** Signs in by password when the view of the team says so. */
async function byPassword(team: string): Promise<boolean> {
  return (await load('password')).views[0]?.page.team === team;
}

async function acted(click: Click) {
  if (click.click === 'find-teams') return showScenario('import');
  if (click.click === 'find-roles') return showScenario('roles');
  if (click.click === 'stop-looking') return showScenario('roles-stopped');
  if (click.click === 'look-on') return showScenario('roles-coming');
  if (click.click === 'remove') return showScenario('removed');
  if (click.click === 'undo-remove' || click.click === 'leave-demo') return showScenario('ok');
  if (click.click === 'try-demo') return showScenario('demo');
  if (click.click === 'set-theme' && shown) return show({ ...shown, theme: click.theme });
  if (click.click !== 'act') return;
  const { action, team, page, deed } = click.action as { action: string; team: string; page: { page: string; team?: string }; deed: string };
  if (action === 'open') show(await pageOf(page));
  if (action === 'log-in') await showScenario((await byPassword(team)) ? 'password' : 'code');
  if (action === 'account') await showScenario(deed);
  if (action === 'cancel-login') show(await pageOf({ page: 'team', team }));
  if (action === 'copy-export' && shown) {
    const said = (await load('copied')).views[0]?.said;
    if (said) show({ ...shown, said: { ...said, serial: (shown.said?.serial ?? 0) + 1 } });
  }
}

async function answered(typed: Typed) {
  if (typed.typed === 'team') {
    const { provider, settings } = typed.form;
    return showScenario(provider === 'aws-sso' && !settings['start-url'] ? 'add-refused' : 'team');
  }
  if (typed.typed === 'import') return showScenario('ok');
  if (typed.typed === 'profiles' || typed.typed === 'profile') return showScenario('team');
  const { answer: said } = typed;
  if (said.answer === 'chosen') return showScenario(said.choice === 'sms' ? 'mfa-sms' : 'mfa');
  if (said.answer !== 'filled') return showScenario('team-open-end');
  const { username, password, code } = said.values;
  if (username !== undefined) return showScenario(password === 'wrong' ? 'password-wrong' : 'mfa');
  return showScenario(code === '000000' ? 'mfa-wrong' : 'team-open-end');
}

window.bridgeLog = [];
window.showScenario = showScenario;

export const bridge: Bridge = {
  async view() {
    if (query.has('empty-bridge')) return null;
    if (!shown) await showScenario(query.get('scenario') ?? 'ok');
    return shown;
  },
  async act(click) {
    window.bridgeLog.push({ act: click });
    await acted(click);
  },
  async revealed() {
    return { text: 'JBSW Y3DP EHPK 3PXP', qr: (await load('code')).views.flatMap((view) => (view.screen.kind === 'login' && view.screen.step.step === 'wait' ? (view.screen.step.page?.qr ?? []) : []))[0] ?? null };
  },
  async answer(typed) {
    window.bridgeLog.push({ answer: typed });
    await answered(typed);
  },
  onView(changed) {
    listeners.add(changed);
    return () => listeners.delete(changed);
  },
  now: () => (base?.now ?? 0) + (still ? 0 : performance.now() - started),
};
