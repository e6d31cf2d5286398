// What the service says by itself: one stream of server-sent events a tab, of the place in line and of the seats that are looked at. Read with fetch, because
// an EventSource sends no headers and a token belongs in no address. Where there is no stream, the page asks again and again.

import * as api from './shared/api.js';

// A first event that takes so long is kept back by something on the way; a stream so silent is broken, for the service sends a comment every 15 s.
const FIRST = 8_000;
const SILENT = 40_000;

// A stream that says nothing after so long is none to rely on. After two such in a row the page only asks, and tries again much later.
const STEADY = 10_000;
const REST = 300;

let able = true;
let restUntil = 0;
let broken = 0;
let current = null;
let followed = null;
let watched = null;
let heardOfLine = () => {};

/** @param heard is called with a token, where it stands, and whether that is its end; without a place when the stream was lost. */
export const onLine = heard => { heardOfLine = heard; };

/** The token whose place in line matters; null for none. @param waits whether it has to be followed also while nobody looks. */
export function follow(token, waits) {
  followed = token && { token, waits };
  settle();
}

/** Whether the service says by itself where this token stands and, with a schedule, when that changes. */
export const isOpen = (token, scheduleId = null) =>
  Boolean(current?.hasBegun) && current.token === token && (scheduleId === null || current.scheduleId === scheduleId);

/**
 * Hears of changes of a schedule, or of one section of it, while nothing aborts. `rest` waits so many seconds, or until something has changed, or until the
 * stream was lost.
 */
export function watch(token, scheduleId, section, signal) {
  const mine = { token, scheduleId, isDue: false, wake: () => {} };
  mine.tell = change => {
    if (section && change?.sections && !change.sections.includes(section)) return;
    const due = () => {
      mine.isDue = true;
      mine.wake();
    };
    // Where thousands were told at once, each looks at a moment of its own.
    if (change?.lookWithinSeconds) setTimeout(due, 1000 * change.lookWithinSeconds * Math.random());
    else due();
  };
  watched = mine;
  settle();
  signal.addEventListener('abort', () => {
    if (watched === mine) watched = null;
    settle();
  });
  return {
    isOpen: () => isOpen(token, scheduleId),
    rest: async seconds => {
      if (!mine.isDue) await Promise.race([api.pause(seconds, signal), new Promise(resolve => { mine.wake = resolve; })]);
      mine.isDue = false;
    },
  };
}

/** Once a second, also while nobody looks. */
export function beat() {
  if (current && Date.now() - current.heardAt > (current.hasBegun ? SILENT : FIRST)) current.leave.abort();
  settle();
}

/** What this tab would hear of: nothing while nobody looks, but for a place in line that moves. */
function wanted() {
  if (watched && !document.hidden) return { token: watched.token, scheduleId: watched.scheduleId };
  return followed && (followed.waits || !document.hidden) ? { token: followed.token, scheduleId: null } : null;
}

function settle() {
  const next = able && Date.now() >= restUntil ? wanted() : null;
  if (current && next?.token === current.token && next.scheduleId === current.scheduleId) return;
  const last = current;
  current = null;
  last?.leave.abort();
  if (next) listen(next);
}

document.addEventListener('visibilitychange', settle);

async function listen({ token, scheduleId }) {
  const mine = { token, scheduleId, leave: new AbortController(), hasAnswered: false, hasBegun: false, startedAt: Date.now(), heardAt: Date.now() };
  current = mine;
  let pause = 1 + 2 * Math.random();
  try {
    await api.stream(`/api/concert/events${scheduleId ? `?concertScheduleId=${encodeURIComponent(scheduleId)}` : ''}`, {
      token, signal: mine.leave.signal, heard: (name, data) => { if (mine === current) hear(mine, name, data); },
    });
    if (mine !== current) return;
    if (Date.now() - mine.startedAt < STEADY) broken++;
  } catch (fault) {
    if (mine !== current) return;
    if (fault instanceof api.Problem) {
      if ([404, 405, 406, 501].includes(fault.status)) able = false;
      pause = Math.max(fault.retryAfter ?? 0, [401, 403].includes(fault.status) ? 5 : 30) * (1 + Math.random());
    } else if (mine.hasAnswered || mine.leave.signal.aborted) {
      broken++;
    } else {
      pause *= 5; // The service cannot be reached, which says nothing of streams.
    }
  }

  current = null;
  if (broken > 1) [broken, pause] = [0, REST];
  restUntil = Date.now() + 1000 * pause;
  heardOfLine(token, null);
  watched?.tell();
}

function hear(mine, name, data) {
  mine.heardAt = Date.now();
  mine.hasAnswered = true;
  if (mine.heardAt - mine.startedAt > STEADY) broken = 0;
  if (!name) return;
  mine.hasBegun = true;
  if (name === 'seats') watched?.tell(data);
  else heardOfLine(mine.token, data, name === 'ended');
}
