// All my reservations, newest first.

import * as api from '../shared/api.js';
import { h, append, actionButton } from '../shared/dom.js';
import { t, won, when, here } from '../shared/i18n.js';
import { problemBox } from '../shared/problems.js';
import * as session from '../session.js';
import * as line from '../line.js';
import { label } from './seats.js';
import { signIn } from './signin.js';

const PAGE = 20;

export async function show(view, _, context) {
  const { signal, wayTo } = context;
  view.append(h('h1', {}, t('nav.reservations')));
  if (!session.user()) return view.append(signIn(context));
  if (!session.hasToken()) return view.append(needsToken(context));
  const list = h('ul', { class: 'reservations' });
  const more = h('div', { class: 'actions' });
  view.append(list, more);
  await payments(signal);
  const page = async continuation => {
    const { data } = await api.get(`/api/reservation?limit=${PAGE}${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`, { signal });
    append(list, data.items.map(entry));
    more.replaceChildren();
    if (data.continuation) more.append(actionButton(t('show.more'), () => page(data.continuation), { class: 'button quiet' }));
    return data;
  };
  const first = await page(null);
  if (first.items.length === 0) list.before(h('div', { class: 'empty' }, h('p', {}, t('reservations.none')), wayTo('#/', t('to.concerts'))));
}

/** What a reservation does not say: the concert's name and times are on its receipt. */
async function payments(signal) {
  try {
    const { data } = await api.get('/api/payment?limit=50', { signal });
    for (const payment of data.items) {
      const schedule = payment.reservationId.slice(0, payment.reservationId.lastIndexOf('-'));
      if (payment.concertName) session.see(schedule, { concert: payment.concertName, openAt: payment.openDate, closeAt: payment.closeDate });
    }
  } catch (problem) {
    if (!(problem instanceof api.Problem) || problem.code === 'offline') throw problem;
  }
}

function entry(reservation) {
  const seen = session.seen(reservation.concertScheduleId);
  const places = reservation.seats.length > 0 ? reservation.seats.map(label).join(', ') : reservation.quantity ? t('places', { n: reservation.quantity }) : '';
  const state = { CONFIRMED: 'open', HELD: 'soon', PAYING: 'soon', PENDING: 'soon' }[reservation.status] ?? 'out';
  return h('li', {}, h('a', { class: 'card row', href: `#/reservation/${encodeURIComponent(reservation.id)}` },
    h('span', { class: 'grow' },
      h('strong', { class: 'card-title' }, seen?.concert ?? t('reservation')), seen ? h('span', { class: 'muted' }, when(seen.openAt)) : null,
      h('span', {}, places), h('span', { class: 'muted small' }, t('asked.at', { when: here(reservation.createdAt) }))),
    h('span', { class: 'end' }, h('span', { class: ['badge', state] }, reservation.reason === 'called-off' ? t('called.off') : t(`state.${reservation.status}`)),
      reservation.totalAmount ? h('strong', {}, won(reservation.totalAmount)) : null)));
}

/** Without a token of this browser nothing says who asks: joining a line gives one. */
export function needsToken(context) {
  const problem = h('div', {});
  const join = async () => {
    try {
      const { data } = await api.get('/api/concert', { token: null, signal: context.signal });
      if (data.length === 0) return problem.replaceChildren(h('p', {}, t('concerts.none')));
      await line.join(data[0]);
      context.again();
    } catch (fault) {
      if (!(fault instanceof api.Problem)) throw fault;
      problem.replaceChildren(problemBox(fault, { retry: join }));
    }
  };
  return h('div', { class: 'panel' }, h('p', {}, t('known.needed')), h('div', { class: 'actions' }, actionButton(t('join.go'), join)), problem);
}
