// What all screens of one schedule have: its name, its times, the way to the others.

import * as api from '../../js/shared/api.js';
import { h } from '../../js/shared/dom.js';
import { t, when, here } from '../../js/shared/i18n.js';
import { now } from '../../js/shared/clock.js';
import * as staff from '../staff.js';

export const saleUrl = (id, rest = '') => `#/sale/${encodeURIComponent(id)}${rest}`;

const TABS = [['live', ''], ['places', '/places'], ['buyers', '/buyers'], ['door', '/door']];

/** Heading and tabs; throws not-yours for a schedule that is not there. */
export async function heading(view, id, tab, signal) {
  const schedule = await staff.scheduleOf(id, signal);
  if (!schedule) throw new api.Problem('not-yours', 404, '');
  view.append(
    h('div', { class: 'heading' }, h('a', { class: 'back', href: '#/' }, t('nav.schedules')),
      h('h1', { tabindex: -1 }, schedule.concertName), h('p', { class: 'lead' }, when(schedule.openAt))),
    h('nav', { class: 'tabs', 'aria-label': t('tabs') }, TABS.map(([name, rest]) =>
      h('a', { href: saleUrl(id, rest), 'aria-current': name === tab ? 'page' : null }, t(`tab.${name}`)))));
  return schedule;
}

/** How the sale stands, as a badge. */
export function stateOf(schedule, moment = now()) {
  const [start, end] = [Date.parse(schedule.bookingStartAt), Date.parse(schedule.bookingEndAt)];
  return schedule.calledOff ? ['off', t('state.off')]
    : moment >= end ? ['out', t('state.ended')]
    : schedule.salesPaused ? ['soon', t('state.paused')]
    : moment < start ? ['', t('state.opens', { when: here(schedule.bookingStartAt) })]
    : ['open', t('state.open')];
}

export const badge = schedule => {
  const [tone, text] = stateOf(schedule);
  return h('span', { class: ['badge', tone] }, text);
};

/** A seat as it is printed. */
export const label = seat => seat.row ? t('seat.in.row', { row: seat.row, seat: seat.seatNumber }) : t('seat.alone', { seat: seat.seatNumber });
