// One reservation, whatever its state: on its way, held with the time left, paid with its ticket, ended with the reason.

import * as api from '../shared/api.js';
import { h, replace, actionButton, sayPolitely } from '../shared/dom.js';
import { t, won, when, here, hasSentence } from '../shared/i18n.js';
import { asClock, everyMoment, now } from '../shared/clock.js';
import { LEFT } from '../shared/leaving.js';
import { problemBox } from '../shared/problems.js';
import * as session from '../session.js';
import * as line from '../line.js';
import { steps } from './steps.js';
import { label, stepper } from './seats.js';
import { topUp } from './topup.js';

const PENDING = ['PENDING', 'PAYING'];

export async function show(view, { id }, context) {
  const { signal, wayTo } = context;
  if (!session.user()) return context.go('#/');
  const path = `/api/reservation/${encodeURIComponent(id)}`;
  let { data: reservation } = await api.get(path, { signal });
  const progress = h('div', {});
  const title = h('h1', {});
  const about = h('p', { class: 'lead' });
  const body = h('div', { class: 'stack' });
  view.append(h('div', { class: 'heading' }, h('a', { class: 'back', href: '#/reservations' }, t('nav.reservations')), title, about), progress, body);

  let part = null;
  const draw = next => {
    reservation = next;
    part?.abort(LEFT);
    part = new AbortController();
    const seen = session.seen(next.concertScheduleId);
    title.textContent = next.reason === 'called-off' ? t('called.off') : t(`status.${next.status}`);
    about.textContent = seen ? `${seen.concert} · ${when(seen.openAt)}` : '';
    const step = next.status === 'CONFIRMED' ? 4 : ['HELD', 'PAYING', 'PENDING'].includes(next.status) ? 3 : null;
    replace(progress, step === null ? null : steps(step));
    const isMine = session.hold()?.id === next.id;
    if (next.status === 'HELD') session.keepHold({ id: next.id, expiresAt: next.holdExpiresAt });
    else if (isMine) session.keepHold(null);
    const inner = { ...context, signal: AbortSignal.any([signal, part.signal]), draw, path, reload, title };
    replace(body, (SHOWN[next.status] ?? over)(next, inner));
  };
  const reload = async () => draw((await api.get(path, { signal })).data);
  draw(reservation);

  // What is on its way is waited for; a hold may be paid or given back in another tab.
  api.poll(async () => {
    const isPending = PENDING.includes(reservation.status);
    const { data } = await api.call('GET', path, { signal, wait: isPending ? 10 : undefined });
    if (JSON.stringify({ ...data, cancellable: 0 }) !== JSON.stringify({ ...reservation, cancellable: 0 }) && !body.querySelector('[aria-busy]')) draw(data);
    return isPending ? 0.3 : data.status === 'HELD' ? 5 : 15;
  }, signal, { failed: problem => replace(body, problemBox(problem, { retry: context.again, ways: [wayTo('#/reservations', t('nav.reservations'))] })) });
}

const SHOWN = { PENDING: onItsWay, PAYING: onItsWay, HELD: held, CONFIRMED: confirmed };

function onItsWay(reservation) {
  return h('div', { class: 'panel center' }, h('p', { class: 'loading' }, t(`way.${reservation.status}`)), h('p', { class: 'muted' }, t('way.safe')));
}

export const places = reservation => reservation.seats.length > 0
  ? h('ul', { class: 'places' }, reservation.seats.map(seat => h('li', {},
    h('span', {}, h('strong', {}, label(seat)), ' ', h('span', { class: 'muted' }, [t('section', { name: seat.section }), seat.grade].filter(Boolean).join(' · '))), h('span', {}, won(seat.price)))))
  : reservation.quantity ? h('ul', { class: 'places' }, h('li', {}, h('strong', {}, t('places', { n: reservation.quantity })), h('span', {}, won(reservation.totalAmount)))) : null;

const total = amount => h('p', { class: 'sum' }, h('span', {}, t('total')), h('strong', {}, won(amount)));

// A hold: pay in time.

function held(reservation, context) {
  const { signal, path, draw, wayTo } = context;
  const left = h('p', { class: 'big countdown', role: 'timer' });
  const bar = h('progress', { max: 1000, value: 1000, 'aria-hidden': 'true' });
  const until = Date.parse(reservation.holdExpiresAt);
  const whole = Math.max(1000, until - Date.parse(reservation.history.find(entry => entry.status === 'HELD')?.at ?? reservation.createdAt));
  const spoken = new Set();
  const money = h('div', { class: 'stack' });
  const problem = h('div', {});
  const give = cancelPart(reservation, context);
  let isOver = false;
  let isPaying = false;
  signal.addEventListener('abort', everyMoment(moment => {
    const rest = until - moment;
    const text = asClock(Math.min(rest, whole));
    if (left.textContent !== text) left.textContent = text;
    bar.value = Math.round(1000 * Math.max(0, rest) / whole);
    left.classList.toggle('soon', rest < 60_000);
    for (const at of [60, 20]) {
      if (rest > 0 && rest < at * 1000 && whole > at * 1000 && !spoken.has(at)) {
        spoken.add(at);
        sayPolitely(t('hold.spoken', { n: at }));
      }
    }
    // A payment that is on its way was asked for in time, and counts.
    if (rest <= 0 && !isOver && !isPaying) {
      isOver = true;
      session.keepHold(null);
      context.title.textContent = t('status.EXPIRED');
      replace(money);
      give.remove();
      replace(problem, problemBox(new api.Problem('hold-expired', 409, ''), { ways: [backToSeats(reservation, wayTo)] }));
    }
  }));

  let failed = null;
  const refused = fault => {
    if (!(fault instanceof api.Problem)) throw fault;
    if (isOver && fault.code === 'offline') return;
    if (fault.code === 'insufficient-balance') {
      failed = fault;
      return pay();
    }
    const ways = {
      'token-expired': [toLine(reservation, wayTo)],
      'not-admitted': [toLine(reservation, wayTo)],
      'hold-expired': [backToSeats(reservation, wayTo)],
      'already-paid': [actionButton(t('show.ticket'), context.reload)],
    }[fault.code] ?? [wayTo('#/reservations', t('nav.reservations'))];
    if (fault.code === 'token-expired') line.ended();
    replace(problem, problemBox(fault, { ways, retry: ['offline', 'unavailable', 'too-many-requests'].includes(fault.code) ? payNow : null }));
  };
  const payNow = async () => {
    replace(problem);
    isPaying = true;
    try {
      const { data } = await api.command('POST', '/api/payment', `pay/${reservation.id}`, {
        body: { reservationId: reservation.id }, wait: 10, token: session.tokenOf(concertOf(reservation)) ?? undefined,
      });
      if (data.status === 'FAILED') throw new api.Problem(data.reason, 409, '');
      session.see(reservation.concertScheduleId, { concert: data.concertName, openAt: data.openDate, closeAt: data.closeDate });
      const { data: next } = await api.get(path, { signal, wait: 5 });
      line.check();
      draw(next);
      if (next.status === 'CONFIRMED') sayPolitely(t('paid'));
    } catch (fault) {
      refused(fault);
    } finally {
      isPaying = false;
    }
  };

  const pay = async () => {
    if (isOver) return;
    try {
      const { data } = await api.get(`/api/user/check?${new URLSearchParams(session.named())}`, { signal });
      const lacks = reservation.totalAmount - data.balance;
      replace(money,
        h('p', { class: 'sum' }, h('span', {}, t('balance')), h('strong', { id: 'balance' }, won(data.balance))),
        failed ? problemBox(failed) : null,
        lacks > 0 ? topUp(context, { needed: lacks, done: pay }) : null,
        h('div', { class: 'actions' }, actionButton(t('pay', { amount: won(reservation.totalAmount) }), payNow, {
          id: 'pay', class: 'button large', 'aria-disabled': lacks > 0 ? 'true' : null,
        })));
      failed = null;
    } catch (fault) {
      if (!signal.aborted) replace(money, problemBox(fault, { retry: pay }));
    }
  };
  pay();
  return [
    h('div', { class: 'panel center' }, h('h2', {}, t('hold.time')), left, bar, h('p', { class: 'muted' }, t('hold.how'))),
    h('div', { class: 'panel' }, places(reservation), total(reservation.totalAmount), money, problem),
    give,
  ];
}

const concertOf = reservation => session.line()?.id && reservation.concertScheduleId.startsWith(`${session.line().id}-`) ? session.line().id : reservation.concertScheduleId.split('-')[0];

const backToSeats = (reservation, wayTo) => wayTo(`#/concert/${encodeURIComponent(concertOf(reservation))}/${encodeURIComponent(reservation.concertScheduleId)}`, t('choose.again'));

function toLine(reservation, wayTo) {
  // Back here as soon as it is the buyer's turn again: the hold may last longer than the turn did.
  return wayTo(`#/concert/${encodeURIComponent(concertOf(reservation))}`, t('to.line'), { onclick: () => sessionStorage.setItem('concert.after', location.hash) });
}

// Paid: the ticket.

function confirmed(reservation, context) {
  const ticket = h('div', { class: 'panel ticket' }, h('p', { class: 'loading' }, t('loading')));
  drawTicket(ticket, reservation, context);
  return [ticket, given(reservation), cancelPart(reservation, context)];
}

async function drawTicket(into, reservation, context) {
  const { signal, path } = context;
  try {
    const { data: ticket } = await api.get(`${path}/ticket`, { signal });
    const { data: picture } = await api.get(`${path}/ticket`, { signal, accept: 'image/svg+xml' });
    const url = URL.createObjectURL(picture);
    signal.addEventListener('abort', () => URL.revokeObjectURL(url), { once: true });
    session.see(reservation.concertScheduleId, { concert: ticket.concertName, openAt: ticket.openAt, closeAt: ticket.closeAt });
    replace(into,
      h('div', { class: 'ticket-main' },
        h('h2', {}, ticket.concertName), h('p', { class: 'lead' }, when(ticket.openAt)),
        ticket.inventoryName ? h('p', {}, ticket.inventoryName) : null, places(reservation),
        ticket.usedAt ? h('p', { class: 'badge out' }, t('ticket.used', { when: here(ticket.usedAt) })) : h('p', { class: 'muted' }, t('ticket.how')),
        h('div', { class: 'actions no-print' }, h('button', { type: 'button', class: 'button quiet', onclick: () => print() }, t('print')))),
      h('figure', { class: 'qr' }, h('img', { src: url, width: 220, height: 220, alt: t('qr') }), h('figcaption', {}, ticket.code)));
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof api.Problem)) throw problem;
    replace(into, problemBox(problem, { retry: () => drawTicket(into, reservation, context) }));
  }
}

/** What was given back before. */
function given(reservation) {
  if (!reservation.cancellations?.length) return null;
  return h('div', { class: 'panel' }, h('h2', {}, t('given.back')), h('ul', { class: 'places' }, reservation.cancellations.map(one => h('li', {},
    h('span', {}, one.seats ? one.seats.map(label).join(', ') : t('places', { n: one.quantity }), ' ', h('span', { class: 'muted' }, here(one.at))),
    h('span', {}, one.refundAmount === null || one.refundAmount === undefined ? t('not.paid') : t('refunded', { amount: won(one.refundAmount) }))))));
}

// Giving back, all of it or some.

function cancelPart(reservation, context) {
  const isPaid = reservation.status === 'CONFIRMED';
  const offer = reservation.cancellable;
  const many = reservation.seats.length > 0 ? reservation.seats.length : reservation.quantity;
  if (isPaid && !offer) {
    return h('div', { class: 'panel' }, h('h2', {}, t('cancel')), h('p', {}, reservation.usedAt ? t('cancel.used') : t('cancel.late')));
  }

  const each = reservation.quantity ? reservation.totalAmount / reservation.quantity : 0;
  const boxes = reservation.seats.map(seat => ({ seat, box: h('input', { type: 'checkbox', value: seat.id, onchange: () => draw(), checked: many === 1 }) }));
  boxes.forEach(({ box }) => { box.checked = many === 1; });
  const amount = reservation.quantity ? stepper(t('cancel.how.many'), 1, many, () => draw()) : null;
  const preview = h('div', { class: 'preview', role: 'status' });
  const problem = h('div', {});
  const chosen = () => amount ? { n: amount.value(), price: each * amount.value() }
    : boxes.filter(({ box }) => box.checked).reduce((sum, { seat }) => ({ n: sum.n + 1, price: sum.price + seat.price }), { n: 0, price: 0 });
  const refundOf = price => Math.floor(price * (offer?.percent ?? 0) / 100);

  const go = actionButton('', () => ask(), { id: 'cancel', class: 'button danger' });
  const draw = () => {
    const { n, price } = chosen();
    go.setAttribute('aria-disabled', String(n === 0));
    go.textContent = n === 0 ? t('cancel.choose') : n === many ? t('cancel.all') : t('cancel.some', { n, all: many });
    replace(preview, !isPaid || n === 0 ? null : [
      h('p', { class: 'sum' }, h('span', {}, t('refund.now')), h('strong', { id: 'refund' }, won(refundOf(price)))),
      h('p', { class: 'muted' }, t('refund.rule', { percent: offer.percent, paid: won(price), until: when(offer.until) })),
    ]);
  };

  const ask = () => {
    const { n, price } = chosen();
    const dialog = h('dialog', { 'aria-labelledby': 'sure' },
      h('h2', { id: 'sure' }, t('sure')),
      h('p', {}, isPaid ? t('sure.paid', { n, amount: won(refundOf(price)) }) : t('sure.held', { n })),
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'button quiet', onclick: () => dialog.close() }, t('keep')),
        actionButton(t('sure.go'), async () => {
          await cancel();
          dialog.close();
        }, { id: 'cancel-sure', class: 'button danger' })));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    context.signal.addEventListener('abort', () => dialog.remove());
    dialog.showModal();
  };

  const cancel = async () => {
    replace(problem);
    const { n } = chosen();
    const ids = boxes.filter(({ box }) => box.checked).map(({ seat }) => seat.id).sort();
    const isAll = n === many;
    const body = isAll ? undefined : amount ? { quantity: n } : { seatIds: ids };
    // Two equal cancellations of standing places after each other are two intents: what is left tells them apart.
    const intent = `cancel/${reservation.id}/${many}/${isAll ? 'all' : amount ? n : ids.join(',')}`;
    try {
      const { data } = await api.command('POST', `${context.path}/cancel`, intent, { body, wait: 10 });
      const noted = data.history.slice(reservation.history.length).map(entry => entry.reason).find(reason => reason && hasSentence(reason));
      if (noted) throw new api.Problem(noted, 409, '');
      line.check();
      sayPolitely(t('cancelled'));
      context.draw(data);
    } catch (fault) {
      if (!(fault instanceof api.Problem)) throw fault;
      replace(problem, problemBox(fault, { ways: [actionButton(t('refresh'), context.reload, { class: 'button quiet' })], retry: ['offline', 'unavailable', 'too-many-requests'].includes(fault.code) ? cancel : null }));
    }
  };

  draw();
  return h('details', { class: 'panel cancel no-print', open: false },
    h('summary', {}, h('h2', {}, isPaid ? t('cancel') : t('give.back'))),
    boxes.length > 1 ? h('fieldset', {}, h('legend', {}, t('cancel.which')),
      boxes.map(({ seat, box }) => h('label', { class: 'check' }, box, h('span', { class: 'grow' }, label(seat)), h('span', {}, won(seat.price))))) : null,
    amount && many > 1 ? h('div', { class: 'field' }, h('span', {}, t('cancel.how.many')), amount.element) : null,
    preview, h('div', { class: 'actions' }, go), problem);
}

// Ended.

function over(reservation, { wayTo }) {
  const reason = reservation.reason;
  const refund = reservation.cancellation?.refundAmount;
  return [
    h('div', { class: 'panel' },
      reservation.status === 'REJECTED' && reason ? problemBox(new api.Problem(reason, 409, '')) : h('p', {}, t(`over.${reason === 'called-off' ? 'called-off' : reservation.status}`)),
      places(reservation),
      refund ? h('p', { class: 'sum' }, h('span', {}, t('refund.in.wallet')), h('strong', {}, won(refund))) : null,
      h('div', { class: 'actions' }, reason === 'called-off' ? wayTo('#/', t('to.concerts')) : backToSeats(reservation, wayTo), refund ? wayTo('#/wallet', t('nav.wallet')) : null)),
    reservation.cancellations?.length > 1 ? given(reservation) : null,
  ];
}
