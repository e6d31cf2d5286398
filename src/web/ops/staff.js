// The admin key: in this page's memory and nowhere else. A reload asks for it again. Every call of a screen goes through here.

import * as api from '../js/shared/api.js';

/** What a header may carry; nothing else can be a key. */
const SENDABLE = /^[\x21-\x7e]{1,2048}$/;

let key = null;
let dismissed = () => {};

export const isIn = () => key !== null;
export const headers = () => key === null ? {} : { 'x-admin-key': key };

/** @param work runs when the service no longer takes the key. */
export const onDismissed = work => { dismissed = work; };

export function leave() {
  key = null;
}

/** Tries a key on the service and keeps it. Throws the Problem of a wrong one. */
export async function enter(candidate) {
  if (!SENDABLE.test(candidate)) throw new api.Problem('bad-token', 401, '');
  await api.get('/api/admin/schedule?limit=1', { headers: { 'x-admin-key': candidate } });
  key = candidate;
}

const asStaff = ask => async (...given) => {
  const used = key;
  try {
    return await ask(...given);
  } catch (problem) {
    if (problem instanceof api.Problem && problem.status === 401 && key === used && used !== null) {
      leave();
      dismissed();
    }
    throw problem;
  }
};

export const call = asStaff(api.call);
export const get = asStaff(api.get);
export const command = asStaff((method, path, intent, options) => api.command(method, path, `ops/${intent}`, options));
export const poll = (ask, signal, options) => api.poll(ask, signal, options);

export const scheduleUrl = (id, rest = '') => `/api/admin/schedule/${encodeURIComponent(id)}${rest}`;

// What a schedule is called and when it is, once heard: every screen of it says so.

const PAGE = 100;
const MOST_PAGES = 50;
const known = new Map();

export const keep = schedule => known.set(schedule.id, { ...known.get(schedule.id), ...schedule });

/** A page of the schedules, newest first: {items, continuation?}. */
export async function schedules(continuation, signal, limit = PAGE) {
  const { data } = await get(`/api/admin/schedule?limit=${limit}${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`, { signal });
  data.items.forEach(keep);
  return data;
}

/** One of the list; null where there is none of that id. */
export async function scheduleOf(id, signal) {
  let continuation = null;
  for (let page = 0; !known.has(id) && page < MOST_PAGES; page++) {
    ({ continuation } = await schedules(continuation, signal));
    if (!continuation) break;
  }
  return known.get(id) ?? null;
}
