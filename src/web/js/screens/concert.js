// A concert: joining its line, waiting there, and its dates once it is the buyer's turn.

import * as api from '../shared/api.js';
import { h, replace, actionButton } from '../shared/dom.js';
import { t, when, number, duration } from '../shared/i18n.js';
import { asClock, everyMoment, now } from '../shared/clock.js';
import { LEFT } from '../shared/leaving.js';
import { problemBox } from '../shared/problems.js';
import * as session from '../session.js';
import * as line from '../line.js';
import { poster } from '../poster.js';
import { signIn } from './signin.js';
import { steps } from './steps.js';

const DATES_ROUND = 10;

export async function show(view, { concertId }, context) {
  const { data: concerts } = await api.get('/api/concert', { signal: context.signal, token: null });
  const listed = concerts.find(c => c.id === concertId);
  const concert = listed ?? (session.line()?.id === concertId ? session.line() : null);
  if (!concert) {
    view.append(h('h1', {}, t('concert.gone')), problemBox(new api.Problem('booking-closed', 409, ''), { ways: [context.wayTo('#/', t('to.concerts'))] }));
    return;
  }

  view.append(h('div', { class: 'hero' }, poster(concert.id), h('h1', {}, concert.name)));
  const progress = h('div', {});
  const body = h('div', { class: 'stack' });
  view.append(progress, body);
  const at = step => replace(progress, steps(step));
  at(0);
  if (!session.user()) {
    body.append(opening(listed), signIn(context));
    return;
  }

  // A part is drawn anew when the state's kind changes, and told of every change.
  let kind = null;
  let tell = () => {};
  let part = null;
  const update = () => {
    const mine = line.state() && line.state().token === session.tokenOf(concertId) ? line.state() : null;
    const next = mine?.status ?? 'OUT';
    if (next !== kind) {
      kind = next;
      part?.abort(LEFT);
      part = new AbortController();
      const signal = AbortSignal.any([context.signal, part.signal]);
      tell = PARTS[next](body, { ...context, signal, concert, listed, at }) ?? (() => {});
    }
    tell(mine);
  };
  line.subscribe(update, context.signal);
}

const opening = listed => listed && !listed.isOpen && listed.nextOpeningAt
  ? h('p', { class: 'lead' }, t('concert.opens', { when: when(listed.nextOpeningAt) })) : null;

const PARTS = {
  OUT: (body, context) => outside(body, context, false),
  ENDED: (body, context) => outside(body, context, true),
  EARLY: early,
  WAITING: waiting,
  ACTIVE: dates,
};

function outside(body, context, wasIn) {
  context.at(0);
  const problem = h('div', {});
  const join = async () => {
    replace(problem);
    try {
      await line.join(context.concert);
    } catch (fault) {
      if (!(fault instanceof api.Problem)) throw fault;
      replace(problem, problemBox(fault, {
        retry: join,
        ways: [
          fault.code === 'already-queued' && !session.isPlatform() ? otherName(context) : null,
          ['no-token', 'bad-token'].includes(fault.code) ? otherName(context) : null,
        ],
      }));
    }
  };
  replace(body, opening(context.listed),
    h('div', { class: 'panel' },
      h('h2', {}, wasIn ? t('ended') : t('join')),
      h('p', {}, wasIn ? t('ended.how') : t('join.how')),
      h('div', { class: 'actions' }, actionButton(wasIn ? t('join.again') : t('join.go'), join, { class: 'button large', id: 'join' })),
      problem));
}

const otherName = ({ again }) => actionButton(t('other.name'), () => {
  session.signOut();
  again();
}, { class: 'button quiet' });

const leaveButton = ({ again }) => actionButton(t('leave'), async () => {
  await line.leave();
  again();
}, { class: 'button quiet' });

function early(body, context) {
  context.at(0);
  const clock = h('p', { class: 'big countdown', role: 'timer' });
  const opens = h('p', { class: 'lead' });
  let until = null;
  replace(body, h('div', { class: 'panel center' },
    h('h2', {}, t('early')), opens, clock, h('p', {}, t('early.draw')), h('p', { class: 'muted' }, t('early.stay')),
    h('div', { class: 'actions center' }, leaveButton(context))));
  let asked = null;
  const stop = everyMoment(moment => {
    if (until === null) return;
    const left = until - moment;
    const text = left > 0 ? asClock(left) : t('early.drawing');
    if (clock.textContent !== text) clock.textContent = text;
    // Places are drawn now: nobody has to wait for the next round of asking.
    if (left <= 0 && asked !== until) {
      asked = until;
      setTimeout(() => line.check(), 300 + Math.random() * 1200);
    }
  });
  context.signal.addEventListener('abort', stop);
  return state => {
    if (state.opensAt) until = Date.parse(state.opensAt);
    opens.textContent = t('early.opens', { when: when(context.listed?.nextOpeningAt ?? state.opensAt) });
  };
}

function waiting(body, context) {
  context.at(0);
  const position = h('p', { class: 'big', id: 'position' });
  const estimate = h('p', { class: 'lead' });
  const bar = h('progress', { max: 100, value: 0, 'aria-label': t('waiting.progress') });
  replace(body, h('div', { class: 'panel center' },
    h('h2', {}, t('waiting')), position, bar, estimate,
    h('p', {}, t('waiting.next')), h('p', { class: 'muted' }, t('waiting.stay')),
    h('div', { class: 'actions center' }, leaveButton(context))));
  let heard = 0;
  let seconds = 0;
  context.signal.addEventListener('abort', everyMoment(moment => {
    const left = Math.max(0, seconds - (moment - heard) / 1000);
    const text = left < 5 ? t('waiting.soon') : t('waiting.about', { time: duration(left) });
    if (estimate.textContent !== text) estimate.textContent = text;
  }));
  return state => {
    position.textContent = t('waiting.position', { n: number(state.position) });
    heard = now();
    seconds = state.estimatedWaitSeconds ?? 0;
    const first = Math.max(line.startedFrom() ?? state.position, state.position);
    bar.value = first > 1 ? Math.round(100 * (first - state.position + 1) / first) : 90;
  };
}

function dates(body, context) {
  const { concert, signal } = context;
  context.at(1);
  const left = h('strong', { class: 'countdown' });
  const list = h('div', { class: 'dates' }, h('p', { class: 'loading' }, t('loading')));
  replace(body,
    h('p', { class: 'turn-line', role: 'timer' }, t('turn.left'), ' ', left),
    h('h2', {}, t('dates')), list, h('div', { class: 'actions' }, leaveButton(context)));
  const after = sessionStorage.getItem('concert.after');
  if (after) list.before(h('p', { class: 'panel' }, h('a', { href: after, onclick: () => sessionStorage.removeItem('concert.after') }, t('back.to.hold'))));
  let until = null;
  signal.addEventListener('abort', everyMoment(moment => {
    const text = until === null ? '' : asClock(until - moment);
    if (left.textContent !== text) left.textContent = text;
  }));
  let drawn = '';
  api.poll(async () => {
    const { data } = await api.call('GET', `/api/concert/available-dates?concertId=${encodeURIComponent(concert.id)}`, { signal, token: session.tokenOf(concert.id) });
    // What stands depends on the time, too: a date opens without any change of it.
    const opened = data.map(schedule => isToCome(schedule));
    const shows = JSON.stringify([data, opened]);
    if (shows !== drawn) draw(list, concert, data);
    drawn = shows;
    const next = Math.min(...data.filter(isToCome).map(schedule => (Date.parse(schedule.bookingStartAt) - now()) / 1000));
    return Math.min(DATES_ROUND, next + 0.5);
  }, signal, { failed: problem => problem.code === 'token-expired' ? line.ended() : replace(list, problemBox(problem, { retry: context.again })) });
  return state => { until = Date.parse(state.expiresAt); };
}

const isToCome = schedule => Date.parse(schedule.bookingStartAt) > now();

function draw(list, concert, schedules) {
  const moment = now();
  replace(list, schedules.map(schedule => {
    session.see(schedule.id, { concert: concert.name, openAt: schedule.openAt, closeAt: schedule.closeAt });
    const left = schedule.totalSeats - schedule.reservedSeats;
    const state = schedule.calledOff ? ['off', t('called.off')]
      : isToCome(schedule) ? ['soon', t('date.opens', { when: when(schedule.bookingStartAt) })]
      : Date.parse(schedule.bookingEndAt) <= moment ? ['closed', t('date.closed')]
      : left <= 0 ? ['out', t('date.out')]
      : ['open', t('date.left', { n: number(left), total: number(schedule.totalSeats) })];
    const inside = [
      h('strong', {}, when(schedule.openAt, { weekday: 'long', month: 'long', day: 'numeric' })),
      h('span', { class: 'muted' }, t('date.doors', { when: when(schedule.openAt, { hour: 'numeric', minute: '2-digit' }) })),
      schedule.calledOff ? h('span', {}, schedule.calledOff.reason) : h('progress', { max: schedule.totalSeats, value: Math.max(0, left), 'aria-hidden': 'true' }),
      h('span', { class: ['badge', state[0]] }, state[1]),
    ];
    return state[0] === 'open' || state[0] === 'out'
      ? h('a', { class: 'card date', href: `#/concert/${encodeURIComponent(concert.id)}/${encodeURIComponent(schedule.id)}` }, inside)
      : h('div', { class: 'card date off' }, inside);
  }));
}
