// The booking page: header, notices, and the screen that the address names.

import * as api from './shared/api.js';
import * as i18n from './shared/i18n.js';
import { h, replace, actionButton, sayPolitely } from './shared/dom.js';
import { asClock, everyMoment, now, offBy } from './shared/clock.js';
import { LEFT } from './shared/leaving.js';
import { problemBox } from './shared/problems.js';
import * as session from './session.js';
import * as line from './line.js';

const { t } = i18n;

// A screen is loaded when it is first shown; the seat map is the largest.
const SCREENS = [
  [/^#?\/?$/, () => import('./screens/concerts.js'), [], 'wide'],
  [/^#\/concert\/([^/]+)$/, () => import('./screens/concert.js'), ['concertId']],
  [/^#\/concert\/([^/]+)\/([^/]+)(?:\/(.+))?$/, () => import('./screens/seats.js'), ['concertId', 'scheduleId', 'section'], 'wide'],
  [/^#\/reservation\/([^/]+)$/, () => import('./screens/reservation.js'), ['id']],
  [/^#\/reservations$/, () => import('./screens/reservations.js'), []],
  [/^#\/wallet$/, () => import('./screens/wallet.js'), []],
];

const main = document.getElementById('main');
let leaving = new AbortController();
let settings = { api: '', identity: 'Development' };

export const go = hash => { location.hash = hash; };

async function show({ focus = true } = {}) {
  leaving.abort(LEFT);
  leaving = new AbortController();
  const { signal } = leaving;
  const hash = location.hash || '#/';
  for (const [pattern, load, names, width] of SCREENS) {
    const match = pattern.exec(hash);
    if (!match) continue;
    const values = Object.fromEntries(names.map((name, i) => [name, match[i + 1] === undefined ? null : decodeURIComponent(match[i + 1])]));
    const view = h('div', { class: 'screen' });
    main.className = width ?? '';
    replace(main, view);
    try {
      const screen = await load();
      if (signal.aborted) return;
      await screen.show(view, values, context(signal));
    } catch (fault) {
      if (signal.aborted) return;
      if (!(fault instanceof api.Problem)) {
        if (!(fault instanceof TypeError)) throw fault;
        fault = new api.Problem('offline', 0, String(fault));
      }
      view.append(problemBox(fault, { retry: () => show(), ways: [wayTo('#/', t('to.concerts'))] }));
    }
    if (signal.aborted) return;
    const title = view.querySelector('h1');
    setTitle(title?.textContent);
    if (focus && title) {
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    return;
  }
  go('#/');
}

let screenTitle = '';

function setTitle(text) {
  screenTitle = text ?? '';
  drawTitle();
}

/** The tab's own title says where the buyer stands, for who looks at another tab meanwhile. */
function drawTitle() {
  const state = line.state();
  const where = state?.status === 'WAITING' ? t('title.waiting', { n: i18n.number(state.position) })
    : state?.status === 'ACTIVE' && document.hidden ? t('title.turn') : '';
  document.title = [where, screenTitle, t('brand')].filter(Boolean).join(' · ');
}

export const wayTo = (hash, label, props = {}) => h('a', { class: 'button quiet', href: hash, ...props }, label);

function context(signal) {
  return {
    signal,
    go,
    again: () => show({ focus: false }),
    settings,
    wayTo,
    onLeave: work => signal.addEventListener('abort', work, { once: true }),
  };
}

// Header

function drawBar() {
  const other = i18n.lang() === 'ko' ? 'en' : 'ko';
  const user = session.user();
  replace(document.getElementById('bar'),
    h('a', { class: 'brand', href: '#/' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, t('brand'))),
    h('nav', { class: 'nav', 'aria-label': t('nav') },
      h('a', { href: '#/' }, t('nav.concerts')),
      user && h('a', { href: '#/reservations' }, t('nav.reservations')),
      user && h('a', { href: '#/wallet' }, t('nav.wallet'))),
    h('div', { class: 'who' },
      user && h('span', { class: 'user', title: user }, session.isPlatform() ? t('signed.in') : user),
      user && actionButton(t('sign.out'), async () => {
        await line.leave().catch(() => {});
        session.signOut();
        go('#/');
        await show();
      }, { class: 'link' }),
      h('button', {
        type: 'button', class: 'link language', lang: other, 'data-language': other,
        onclick: async () => {
          await i18n.choose(other);
          drawAll();
          await show({ focus: false });
          document.querySelector('.language')?.focus();
        },
      }, i18n.LANGUAGES[other])));
  document.getElementById('skip').textContent = t('skip');
  notices.setAttribute('aria-label', t('notices'));
  replace(document.getElementById('foot'), h('p', {}, t('foot')), h('p', {}, h('a', { href: `${settings.api}/api/docs` }, t('foot.docs'))));
  markNav();
}

function markNav() {
  const hash = location.hash || '#/';
  for (const link of document.querySelectorAll('.nav a')) {
    const to = link.getAttribute('href');
    const isHere = to === hash || (to === '#/' && hash.startsWith('#/concert')) || (to === '#/reservations' && hash.startsWith('#/reservation/'));
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

// Notices: where the buyer stands, on every screen.

const notices = document.getElementById('notices');
const places = { offline: h('div', { class: 'notice offline', hidden: true }), clock: h('div', { class: 'notice', hidden: true }), line: h('div', { hidden: true }), hold: h('div', { hidden: true }) };
notices.append(...Object.values(places));
let reachable = true;
let stops = [];

function notice(place, className, ...children) {
  place.className = `notice ${className}`;
  place.hidden = children.length === 0;
  replace(place, ...children);
}

function countdown(until, key) {
  const time = h('strong', { class: 'countdown' });
  stops.push(everyMoment(moment => {
    const text = asClock(Date.parse(until) - moment);
    if (time.textContent !== text) time.textContent = text;
  }));
  return h('span', { role: 'timer' }, t(key), ' ', time);
}

function drawNotices() {
  stops.forEach(stop => stop());
  stops = [];
  notice(places.offline, 'offline', ...(reachable ? [] : [h('span', {}, t('offline'))]));
  notice(places.clock, 'quiet', ...(Math.abs(offBy()) > 30 ? [h('span', {}, t('clock.off'))] : []));
  drawLine();
  drawHold();
}

function drawLine() {
  const [state, at] = [line.state(), session.line()];
  const to = at && `#/concert/${encodeURIComponent(at.id)}`;
  if (!state || !at || state.status === 'ENDED' || location.hash === to) return notice(places.line, '');
  const text = state.status === 'WAITING' ? h('span', {}, t('line.short', { n: i18n.number(state.position), time: i18n.duration(state.estimatedWaitSeconds ?? 0) }))
    : state.status === 'EARLY' ? countdown(state.opensAt, 'line.opens.in')
    : countdown(state.expiresAt, 'turn.left');
  // While the buyer books, the line says how long; only elsewhere it says where to.
  const isThere = location.hash.startsWith(`${to}/`);
  notice(places.line, state.status === 'ACTIVE' ? 'turn' : '', text, isThere ? null : h('a', { href: to }, at.name));
}

let holdEnd = 0;

function drawHold() {
  clearTimeout(holdEnd);
  const hold = session.hold();
  const to = hold && `#/reservation/${encodeURIComponent(hold.id)}`;
  const left = hold ? Date.parse(hold.expiresAt) - now() : 0;
  if (!hold || left <= 0) {
    if (hold) session.keepHold(null);
    return notice(places.hold, '');
  }
  holdEnd = setTimeout(drawNotices, left + 300);
  if (location.hash === to) return notice(places.hold, '');
  notice(places.hold, 'hold', countdown(hold.expiresAt, 'hold.left'), h('a', { href: to }, t('hold.pay')));
}

let lastStatus = null;

function lineChanged() {
  const status = line.state()?.status ?? null;
  if (status !== lastStatus && lastStatus !== null) {
    if (status === 'ACTIVE') sayPolitely(t('turn.now'));
    if (status === 'ENDED') sayPolitely(t('turn.over'));
  }
  lastStatus = status;
  drawNotices();
  drawTitle();
}

function drawAll() {
  drawBar();
  drawNotices();
  drawTitle();
}

async function start() {
  try {
    settings = { ...settings, ...await (await fetch('config.json', { cache: 'no-store' })).json() };
  } catch {
    // Beside the service, as it runs on one machine.
  }
  await i18n.start({ en: () => import('./text/en.js'), ko: () => import('./text/ko.js') });
  api.configure(settings.api, session.headers);
  await session.start(settings);
  drawBar();
  api.onReachable(is => {
    reachable = is;
    drawNotices();
  });
  let user = session.user();
  session.onChange(() => {
    if (user !== session.user()) {
      user = session.user();
      drawBar();
      if (!document.hasFocus()) show({ focus: false }); // Another tab signed in or out.
    }
    line.resume();
    drawNotices();
  });
  line.subscribe(lineChanged);
  addEventListener('hashchange', () => {
    markNav();
    drawNotices();
    show();
  });
  document.addEventListener('visibilitychange', drawTitle);
  line.resume();
  await show({ focus: false });
}

start();
