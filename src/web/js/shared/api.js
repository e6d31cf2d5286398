// The service's HTTP API: envelope, problems, keys, times to ask again.

import * as clock from './clock.js';
import * as intents from './intents.js';

const TIMEOUT = 20_000;
const TRIES = 4;

let base = '';
let identify = () => ({});

/** @param apiUrl where the service is; empty for the page's own origin. @param headers who calls. */
export function configure(apiUrl, headers) {
  base = apiUrl;
  identify = headers;
}

/** A refusal, with its stable code. `offline` is the page's own: no answer came. */
export class Problem extends Error {
  constructor(code, status, detail, retryAfter = null, at = null) {
    super(detail);
    Object.assign(this, { code, status, retryAfter, at });
  }
}

export const pause = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    reject(signal.reason);
  });
});

const watchers = new Set();
let reachable = true;

/** Calls back when the service can no longer, or again, be reached. */
export function onReachable(watcher) {
  watchers.add(watcher);
  watcher(reachable);
}

function setReachable(is) {
  if (is === reachable) return;
  reachable = is;
  for (const watcher of watchers) watcher(is);
}

addEventListener('offline', () => setReachable(false));

/** One request. Answers {status, data, etag, retryAfter}; throws a Problem. */
export async function call(method, path, { body, token, key, wait, etag, accept, signal, headers, timeout = TIMEOUT } = {}) {
  const sent = { accept: accept ?? 'application/json', ...identify(token), ...headers };
  if (body !== undefined) sent['content-type'] = 'application/json';
  if (key) sent['idempotency-key'] = key;
  if (wait) sent.prefer = `wait=${wait}`;
  if (etag) sent['if-none-match'] = etag;
  const asked = Date.now();
  let answer;
  let content;
  try {
    answer = await fetch(base + path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      // Kept by this page, which knows its tags; and a Date out of a cache is no clock.
      cache: 'no-store',
      credentials: 'omit',
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(timeout)]) : AbortSignal.timeout(timeout),
    });
    content = answer.status === 204 || answer.status === 304 ? null : accept && answer.ok ? await answer.blob() : await answer.json();
  } catch (fault) {
    if (signal?.aborted) throw signal.reason;
    if (answer && fault instanceof SyntaxError) throw new Problem('unavailable', answer.status, '', 2);
    setReachable(false);
    throw new Problem('offline', 0, String(fault));
  }

  setReachable(true);
  clock.hear(answer.headers.get('date'), asked, Date.now());
  const retryAfter = Number(answer.headers.get('retry-after')) || null;
  if (!answer.ok && answer.status !== 304) {
    throw new Problem(content?.code ?? 'unavailable', answer.status, content?.detail ?? '', retryAfter, content?.at ?? null);
  }

  return { status: answer.status, data: accept ? content : content?.data, etag: answer.headers.get('etag'), retryAfter };
}

/**
 * A stream of server-sent events. `heard` is called with the name and the data of each, and without for a mere sign of life. Ends when the service ends it;
 * throws a Problem where there is none, and what fetch throws when it breaks.
 */
export async function stream(path, { token, signal, heard }) {
  const answer = await fetch(base + path, { headers: { accept: 'text/event-stream', ...identify(token) }, cache: 'no-store', credentials: 'omit', signal });
  if (!answer.ok) {
    const content = await answer.json().catch(() => null);
    throw new Problem(content?.code ?? 'unavailable', answer.status, content?.detail ?? '', Number(answer.headers.get('retry-after')) || null);
  }

  // A site that answers everything with a page has no streams either.
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) throw new Problem('unavailable', 406, '');
  heard();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map(line => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
      if (fields.data) heard(fields.event, JSON.parse(fields.data));
    }
  }
}

const mayPass = problem => problem instanceof Problem && ['offline', 'unavailable', 'too-many-requests'].includes(problem.code);

/** Asks again, within bounds, what failed for the moment only. */
async function patiently(ask, signal) {
  for (let tried = 1; ; tried++) {
    try {
      return await ask();
    } catch (problem) {
      if (!mayPass(problem) || tried === TRIES) throw problem;
      await pause(Math.max(problem.retryAfter ?? 0, 0.5 * 2 ** tried) * (0.8 + 0.4 * Math.random()), signal);
    }
  }
}

export const get = (path, options = {}) => patiently(() => call('GET', path, options), options.signal);

/**
 * A command for an intent of the buyer's. One intent has one key until it is answered: a second press, a lost answer or a reload sends the same key, and
 * the service gives the first result.
 */
export async function command(method, path, intent, options = {}) {
  const key = intents.keyOf(intent);
  try {
    const answer = await patiently(() => call(method, path, { ...options, key }), options.signal);
    intents.done(intent);
    return answer;
  } catch (problem) {
    if (problem instanceof Problem && !mayPass(problem)) intents.done(intent);
    throw problem;
  }
}

/**
 * Asks again and again, while the page is looked at: `ask` answers the seconds until the next time, or null to end. What fails for the moment is asked
 * again more and more rarely, and not before the service said. @param rest waits so many seconds, or less where it knows better.
 */
export async function poll(ask, signal, { failed = () => {}, rest = seconds => pause(seconds, signal) } = {}) {
  let faults = 0;
  while (!signal.aborted) {
    try {
      let seconds;
      let wait = rest;
      try {
        seconds = await ask();
        faults = 0;
      } catch (problem) {
        if (!mayPass(problem)) throw problem;
        seconds = Math.max(problem.retryAfter ?? 0, Math.min(30, 2 ** ++faults)) * (0.8 + 0.4 * Math.random());
        wait = pause;
      }
      if (seconds === null) return;
      await Promise.race([wait(seconds, signal), online(signal)]);
      await looked(signal);
    } catch (problem) {
      if (!signal.aborted) failed(problem);
      return;
    }
  }
}

/** Waits until the page is looked at. */
const looked = signal => new Promise((resolve, reject) => {
  if (!document.hidden) return resolve();
  const look = () => {
    if (document.hidden) return;
    document.removeEventListener('visibilitychange', look);
    resolve();
  };
  document.addEventListener('visibilitychange', look);
  signal.addEventListener('abort', () => {
    document.removeEventListener('visibilitychange', look);
    reject(signal.reason);
  });
});

/** The moment the connection comes back: nobody has to wait for the next round then. */
const online = signal => new Promise(resolve => addEventListener('online', resolve, { once: true, signal }));
