// Who buys, and the tokens that were given to them: kept in this browser, shared by its tabs.

import * as intents from './shared/intents.js';

const KEPT = 'concert.session';
const HOLD = 'concert.hold';
const SEEN = 'concert.seen';
const MOST_SEEN = 50;
const PLATFORM_USER = 'me';

const read = (key, empty) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? empty;
  } catch {
    return empty;
  }
};

const write = (key, value) => value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value));

let state = read(KEPT, {});
let mode = 'Development';
let platformToken = null;
const watchers = new Set();

const changed = () => watchers.forEach(watcher => watcher());
export const onChange = watcher => watchers.add(watcher);

addEventListener('storage', event => {
  if (event.key === KEPT || event.key === HOLD || event.key === null) {
    state = read(KEPT, {});
    changed();
  }
});

function keep(next) {
  state = next;
  write(KEPT, state);
  changed();
}

export const user = () => state.user ?? null;
export const isPlatform = () => mode === 'Platform';

export function signIn(name) {
  if (name === state.user) return;
  intents.forget();
  write(HOLD, null);
  keep({ user: name, tokens: {} });
}

export function signOut() {
  intents.forget();
  write(HOLD, null);
  sessionStorage.removeItem('concert.platform');
  platformToken = null;
  keep({});
}

/** Headers that say who calls: the platform's, and the token of a line, or any genuine one for what is already mine. */
export const headers = token => ({
  ...(platformToken ? { 'x-zumo-auth': platformToken } : {}),
  ...(token === null ? {} : token ?? state.last ? { 'queue-token': token ?? state.last } : {}),
});

export const tokenOf = concertId => state.tokens?.[concertId] ?? null;
export const tokens = () => [...new Set(Object.values(state.tokens ?? {}))];
export const hasToken = () => Boolean(state.last) || isPlatform();

export const keepToken = (concert, token) => keep({ ...state, tokens: { ...state.tokens, [concert.id]: token }, last: token, line: concert });

/** The concert whose line the buyer is in. */
export const line = () => state.line ?? null;
export const leaveLine = () => keep({ ...state, tokens: Object.fromEntries(Object.entries(state.tokens ?? {}).filter(([id]) => id !== state.line?.id)), line: null });

/** A hold that waits to be paid: {id, expiresAt}. */
export const hold = () => read(HOLD, null);

export function keepHold(next) {
  if (JSON.stringify(hold()) === JSON.stringify(next)) return;
  write(HOLD, next);
  changed();
}

/** What a reservation does not say of its schedule: concert and times, as they were seen. */
export const seen = scheduleId => read(SEEN, {})[scheduleId] ?? null;

export function see(scheduleId, facts) {
  const all = { ...read(SEEN, {}), [scheduleId]: facts };
  write(SEEN, Object.fromEntries(Object.entries(all).slice(-MOST_SEEN)));
}

/**
 * The platform's sign-in (App Service authentication). Its session token comes back behind the address's #, is sent as X-ZUMO-AUTH, and so works where the
 * page and the API have different origins and no cookie would be sent.
 */
export async function start(settings) {
  mode = settings.identity;
  if (!isPlatform()) return;
  const back = /^#token=(.+)$/.exec(location.hash);
  if (back) {
    try {
      sessionStorage.setItem('concert.platform', JSON.parse(decodeURIComponent(back[1])).authenticationToken);
    } catch {
      // Not the platform's: nobody is signed in by it.
    }
    history.replaceState(null, '', location.pathname + (sessionStorage.getItem('concert.back') ?? '#/'));
  }

  platformToken = sessionStorage.getItem('concert.platform');
  if (platformToken) signIn(PLATFORM_USER);
  else if (user()) signOut();
}

/** What a request says of its user: a name on this machine; nothing where the platform says it. */
export const named = () => isPlatform() ? {} : { userId: user() };

export function goToPlatform(settings) {
  sessionStorage.setItem('concert.back', location.hash);
  const back = encodeURIComponent(location.origin + location.pathname);
  location.assign(`${settings.api}/.auth/login/aad?session_mode=token&post_login_redirect_uri=${back}`);
}
