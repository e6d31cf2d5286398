// The buyer's place in line. Followed also while nobody looks, because a waiting token that is silent for a minute gives up its place: by the stream of events,
// which counts as asking, and without one by asking.

import { call, command, Problem } from './shared/api.js';
import * as clock from './shared/clock.js';
import * as session from './session.js';
import * as live from './live.js';

const ACTIVE_ROUND = 20;

// The one address that this page makes a script of; the Content-Security-Policy knows its name.
const policy = globalThis.trustedTypes?.createPolicy('concert-ticker', { createScriptURL: url => url });

let view = null;
let from = null;
let askAt = 0;
let asking = false;
let ticker = null;
const watchers = new Set();

/** {token, status: EARLY | WAITING | ACTIVE | ENDED, position, estimatedWaitSeconds, expiresAt, opensAt}; null outside any line. */
export const state = () => view;

/** The first position that was seen, to show how far it is. */
export const startedFrom = () => from;

export function subscribe(watcher, signal) {
  watchers.add(watcher);
  signal?.addEventListener('abort', () => watchers.delete(watcher));
  watcher();
}

function set(next, retryAfter) {
  if (next?.status === 'WAITING' && from === null) from = next.position;
  if (next?.status !== 'WAITING') from = null;
  view = next;
  askAt = Date.now() + 1000 * (retryAfter ?? ACTIVE_ROUND);
  run();
  live.follow(view && view.status !== 'ENDED' ? view.token : null, view?.status === 'WAITING' || view?.status === 'EARLY');
  for (const watcher of [...watchers]) watcher();
}

live.onLine((token, place, hasEnded) => {
  if (token !== view?.token) return;
  if (hasEnded) ended();
  else if (place) set({ token, ...place }, place.nextPollSeconds);
  else askAt = Date.now() + 3000 * Math.random(); // The stream was lost, and so it was for everybody else.
});

function run() {
  const isLive = view && view.status !== 'ENDED';
  if (isLive && !ticker) {
    ticker = startTicker(tick);
  } else if (!isLive && ticker) {
    ticker.stop();
    ticker = null;
  }
}

/** A worker's timer: browsers slow a hidden page's own down to one a minute, which is too slow for a place in line. */
function startTicker(work) {
  const address = new URL('./ticker.js', import.meta.url).href;
  const worker = new Worker(policy ? policy.createScriptURL(address) : address);
  worker.onmessage = work;
  return { stop: () => worker.terminate() };
}

async function tick() {
  live.beat();
  if (asking || !view || view.status === 'ENDED') return;
  const isOver = view.status === 'ACTIVE' && clock.now() > Date.parse(view.expiresAt) + 500;
  const mayRest = view.status === 'ACTIVE' && document.hidden;
  if (isOver || (Date.now() >= askAt && !mayRest && !live.isOpen(view.token))) await check();
}

/** Asks where the token stands now. */
export async function check() {
  const token = view?.token ?? session.tokenOf(session.line()?.id);
  if (!token || asking) return;
  asking = true;
  try {
    const { data, retryAfter } = await call('GET', '/api/queue/check', { token });
    if (session.tokenOf(session.line()?.id) === token) set(data, retryAfter);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) ended();
    else askAt = Date.now() + 1000 * Math.max(2, problem.retryAfter ?? 0);
  } finally {
    asking = false;
  }
}

/** Takes up the line that this browser was in. */
export async function resume() {
  const token = session.tokenOf(session.line()?.id);
  if (token !== (view?.token ?? null)) {
    view = null;
    if (token) await check();
    else set(null);
  }
}

/** The service said that the token is no longer good for booking. */
export function ended() {
  if (view && view.status !== 'ENDED') set({ ...view, status: 'ENDED', position: null, expiresAt: null });
}

export async function join(concert) {
  for (let again = false; ; again = true) {
    let answer;
    try {
      answer = await command('POST', '/api/queue/issue', `join/${session.user()}/${concert.id}`, { body: { ...session.named(), concertId: concert.id }, token: null });
    } catch (problem) {
      answer = problem.code === 'already-queued' ? await another() : null;
      if (!answer) throw problem;
    }

    if (answer.data.status !== 'ENDED' || again) {
      from = null;
      session.keepToken({ id: concert.id, name: concert.name }, answer.data.token);
      set(answer.data, answer.retryAfter);
      return;
    }
  }
}

/** Where the whole service has one line, the token of another concert is the one to use. */
async function another() {
  for (const token of session.tokens()) {
    try {
      const answer = await call('GET', '/api/queue/check', { token });
      if (answer.data.status !== 'ENDED') return answer;
    } catch (problem) {
      if (problem.code === 'offline') throw problem;
    }
  }
  return null;
}

export async function leave() {
  const token = view?.token;
  if (token && view.status !== 'ENDED') await command('DELETE', '/api/queue', `leave/${token.slice(-16)}`, { token });
  session.leaveLine();
  set(null);
}
