// The staff's page: asks for the key, then shows the screen that the address names.

import * as api from '../js/shared/api.js';
import * as i18n from '../js/shared/i18n.js';
import { h, replace, once } from '../js/shared/dom.js';
import { offBy } from '../js/shared/clock.js';
import { LEFT } from '../js/shared/leaving.js';
import { problemBox } from '../js/shared/problems.js';
import * as staff from './staff.js';

const { t } = i18n;

const SCREENS = [
  [/^#?\/?$/, () => import('./screens/schedules.js'), []],
  [/^#\/new$/, () => import('./screens/create.js'), []],
  [/^#\/webhooks$/, () => import('./screens/webhooks.js'), []],
  [/^#\/sale\/([^/]+)$/, () => import('./screens/live.js'), ['id']],
  [/^#\/sale\/([^/]+)\/places(?:\/(.+))?$/, () => import('./screens/places.js'), ['id', 'section']],
  [/^#\/sale\/([^/]+)\/buyers$/, () => import('./screens/buyers.js'), ['id']],
  [/^#\/sale\/([^/]+)\/door$/, () => import('./screens/door.js'), ['id']],
];

const main = document.getElementById('main');
const notices = document.getElementById('notices');
let leaving = new AbortController();

async function show({ focus = true } = {}) {
  leaving.abort(LEFT);
  leaving = new AbortController();
  const { signal } = leaving;
  const view = h('div', { class: 'screen' });
  replace(main, view);
  if (!staff.isIn()) {
    askForKey(view);
    return drawTitle(view);
  }
  const hash = location.hash || '#/';
  for (const [pattern, load, names] of SCREENS) {
    const match = pattern.exec(hash);
    if (!match) continue;
    const values = Object.fromEntries(names.map((name, i) => [name, match[i + 1] === undefined ? null : decodeURIComponent(match[i + 1])]));
    try {
      const screen = await load();
      if (signal.aborted) return;
      await screen.show(view, values, { signal, again: () => show({ focus: false }), go: to => { location.hash = to; } });
    } catch (fault) {
      if (signal.aborted) return;
      if (!(fault instanceof api.Problem)) {
        if (!(fault instanceof TypeError)) throw fault;
        fault = new api.Problem('offline', 0, String(fault));
      }
      view.append(problemBox(fault, { retry: () => show(), ways: [h('a', { class: 'button quiet', href: '#/' }, t('nav.schedules'))] }));
    }
    if (signal.aborted) return;
    drawTitle(view);
    const title = view.querySelector('h1');
    if (focus && title && !view.contains(document.activeElement)) {
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    return;
  }
  location.hash = '#/';
}

function drawTitle(view) {
  document.title = [view.querySelector('h1')?.textContent, t('brand')].filter(Boolean).join(' · ');
}

// The key

let why = null;

function askForKey(view) {
  const input = h('input', { id: 'key', type: 'password', required: true, maxlength: 2048, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const wrong = h('p', { class: 'field-wrong', id: 'key-wrong', role: 'alert' }, why && t(why));
  why = null;
  const problem = h('div', { class: 'problems' });
  const button = h('button', { class: 'button', type: 'submit', id: 'enter' }, t('key.go'));
  const say = text => {
    wrong.textContent = text;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', 'key-wrong');
    input.focus();
    input.select();
  };
  const enter = async () => {
    replace(problem);
    wrong.textContent = '';
    const key = input.value.trim();
    if (key === '') return say(t('key.needed'));
    try {
      await staff.enter(key);
    } catch (fault) {
      if (!(fault instanceof api.Problem)) throw fault;
      if (fault.status === 401) return say(t('key.wrong'));
      return replace(problem, problemBox(fault, { retry: enter }));
    }
    drawBar();
    await show();
  };
  view.append(h('form', {
    class: 'panel key', novalidate: true, onsubmit: event => {
      event.preventDefault();
      once(button, enter);
    },
  }, h('h1', {}, t('key')), h('p', { class: 'muted' }, t('key.how')), h('label', { for: 'key' }, t('key.label')), input, wrong, button, problem));
  input.focus();
}

function lock(reason) {
  staff.leave();
  why = reason;
  drawBar();
  show();
}

// Header and notices

function drawBar() {
  const other = i18n.lang() === 'ko' ? 'en' : 'ko';
  const isIn = staff.isIn();
  replace(document.getElementById('bar'),
    h('a', { class: 'brand', href: '#/' }, h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, t('brand'))),
    h('nav', { class: 'nav', 'aria-label': t('nav') }, isIn && [
      h('a', { href: '#/' }, t('nav.schedules')), h('a', { href: '#/new' }, t('nav.new')), h('a', { href: '#/webhooks' }, t('nav.webhooks'))]),
    h('div', { class: 'who' },
      isIn && h('button', { type: 'button', class: 'link', id: 'lock', onclick: () => lock(null) }, t('lock')),
      h('button', {
        type: 'button', class: 'link language', lang: other, onclick: async () => {
          await i18n.choose(other);
          drawBar();
          drawNotices();
          await show({ focus: false });
          document.querySelector('.language')?.focus();
        },
      }, i18n.LANGUAGES[other])));
  document.getElementById('skip').textContent = t('skip');
  notices.setAttribute('aria-label', t('notices'));
  markNav();
}

function markNav() {
  const hash = location.hash || '#/';
  for (const link of document.querySelectorAll('.nav a')) {
    const to = link.getAttribute('href');
    if (to === hash || (to === '#/' && hash.startsWith('#/sale/'))) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

let reachable = true;

function drawNotices() {
  replace(notices,
    reachable ? null : h('div', { class: 'notice offline', role: 'status' }, t('offline')),
    Math.abs(offBy()) > 30 ? h('div', { class: 'notice' }, t('clock.off')) : null);
}

async function start() {
  let settings = { api: '' };
  try {
    settings = { ...settings, ...await (await fetch(new URL('../config.json', import.meta.url), { cache: 'no-store' })).json() };
  } catch {
    // Beside the service, as it runs on one machine.
  }
  await i18n.start({ en: () => import('./text/en.js'), ko: () => import('./text/ko.js') });
  api.configure(settings.api, staff.headers);
  api.onReachable(is => {
    reachable = is;
    drawNotices();
  });
  staff.onDismissed(() => lock('key.over'));
  addEventListener('hashchange', () => {
    markNav();
    drawNotices();
    show();
  });
  drawBar();
  await show();
}

start();
