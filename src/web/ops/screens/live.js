// A sale as it happens.

import * as api from '../../js/shared/api.js';
import { h, append, replace, sayPolitely, sayNow } from '../../js/shared/dom.js';
import { t, won, number, here, duration, sentence, hasSentence } from '../../js/shared/i18n.js';
import { act, say, tried } from '../actions.js';
import { Lines, Place, PLACES, bars, patterns, stack, swatch } from '../charts.js';
import { historyOf } from '../history.js';
import * as staff from '../staff.js';
import { callOff, progress } from './calloff.js';
import { badge, heading, saleUrl } from './sale.js';

const ROUND = 2;
const BOOKS_ROUND = 15;
const LETTERS_ROUND = 10;
const MOST_BARS = 12;

/** The service's list follows what was just changed a moment later. */
const SETTLE = 3000;

export async function show(view, { id }, { signal }) {
  const schedule = await heading(view, id, 'live', signal);
  const sale = new LiveSale(schedule, signal);
  view.append(patterns(), sale.element);
  sale.books();
  await sale.watch();
}

const panel = (name, ...content) => h('section', { class: ['panel', name], 'aria-labelledby': `h-${name}` }, h('h2', { id: `h-${name}` }, t(`live.${name}`)), content);

const fact = (label, value) => h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, value));

class LiveSale {
  constructor(schedule, signal) {
    Object.assign(this, { schedule, signal, history: historyOf(schedule.id) });
    this.problem = h('div', { class: 'problems' });
    this.stateBar = new Place('div', { class: 'state-bar' });
    this.callOffPlace = h('div', { class: 'problems' });
    this.house = new Place();
    this.map = new Place();
    this.depth = new Place('p', { class: 'big' });
    this.oldest = new Place('p', { class: 'muted' });
    this.depthLine = new Lines(['depth'], { height: 64 });
    this.pace = new Place('ul', { class: 'legend' });
    this.paceLines = new Lines(['accepted', 'decided'], { height: 110 });
    this.paceMost = new Place('p', { class: 'muted small' });
    this.outcomePlace = new Place();
    this.line = new Place();
    this.money = h('div', { class: 'stack' }, h('p', { class: 'loading' }, t('loading')));
    this.health = new Place();
    this.letters = new Letters(schedule.id, signal);
    this.hooks = new Place();
    this.asOf = h('span', { class: 'muted small as-of' });
    this.element = h('div', { class: 'stack' },
      h('div', { class: 'panel state' }, this.stateBar.element, this.problem, this.callOffPlace),
      h('div', { class: 'board' },
        panel('house', this.house.element, this.map.element),
        panel('queue', this.depth.element, this.oldest.element, this.depthLine.element),
        panel('pace', this.pace.element, this.paceLines.element, this.paceMost.element),
        panel('line', this.line.element),
        panel('outcomes', this.outcomePlace.element),
        panel('money', this.money),
        panel('health', this.health.element),
        panel('letters', this.letters.element),
        panel('hooks', this.hooks.element)));
  }

  /** Answers when the first answer is drawn. */
  watch() {
    let first;
    const shown = new Promise(resolve => { first = resolve; });
    staff.poll(async () => {
      const { data } = await staff.call('GET', staff.scheduleUrl(this.schedule.id, '/live'), { signal: this.signal });
      this.draw(data);
      first();
      return ROUND;
    }, this.signal, {
      failed: problem => {
        say(problem, this.problem);
        first();
      },
    });
    return Promise.race([shown, api.pause(3, this.signal)]);
  }

  draw(live) {
    this.live = live;
    this.history.add(live);
    const justChanged = Date.now() < (this.changedUntil ?? 0);
    staff.keep({ id: this.schedule.id, calledOff: live.callOff ?? this.schedule.calledOff, ...(justChanged ? {} : { salesPaused: live.salesPaused }) });
    this.drawState();
    this.drawHouse(live);
    this.drawQueue(live);
    this.drawPace();
    this.drawOutcomes();
    this.drawLine(live);
    this.drawHealth();
    this.letters.show(live.deadLetters);
    this.hooks.show(live.webhooks, () => [
      h('dl', { class: 'facts' }, fact(t('hooks.pending'), number(live.webhooks.pending)), fact(t('hooks.failed'), number(live.webhooks.failed))),
      live.webhooks.failed > 0 ? h('p', {}, h('a', { href: '#/webhooks' }, t('hooks.see'))) : h('p', { class: 'fine' }, t('hooks.fine'))]);
  }

  // State and what can be done about it

  async drawState() {
    const schedule = await staff.scheduleOf(this.schedule.id, this.signal);
    this.asOf.textContent = t('as.of', { when: here(this.live.at, { hour: 'numeric', minute: '2-digit', second: '2-digit' }) });
    this.stateBar.show([badge(schedule).textContent, schedule.salesPaused, schedule.calledOff], () => [
      badge(schedule),
      h('div', { class: 'grow' }, this.asOf),
      schedule.calledOff ? null : h('div', { class: 'actions' },
        act(schedule.salesPaused ? t('resume') : t('pause'), () => this.pause(!schedule.salesPaused), this.problem, { id: 'pause', class: 'button quiet' }),
        h('button', { type: 'button', class: 'button danger', id: 'call-off', onclick: () => this.callOff() }, t('call.off')))]);
    if (schedule.calledOff && !this.progressing) {
      this.progressing = true;
      progress(this.callOffPlace, this.schedule.id, this.signal);
    }
  }

  async pause(isPaused) {
    const { data } = await staff.command('PATCH', staff.scheduleUrl(this.schedule.id), `pause/${this.schedule.id}/${isPaused}`, { body: { salesPaused: isPaused } });
    this.changedUntil = Date.now() + SETTLE;
    staff.keep({ id: this.schedule.id, salesPaused: data.salesPaused });
    sayPolitely(t(data.salesPaused ? 'paused' : 'resumed'));
    await this.drawState();
    document.getElementById('pause')?.focus();
  }

  callOff() {
    callOff(this.schedule, this.signal, async view => {
      staff.keep({ id: this.schedule.id, calledOff: { at: view.at, reason: view.reason } });
      await this.drawState();
      document.querySelector('h1').focus();
    });
  }

  // The house

  drawHouse({ places, sections }) {
    this.house.show(places, () => [
      stack(PLACES.map(kind => [kind, places[kind]]), { height: 34 }),
      h('ul', { class: 'legend', 'data-total': places.total }, PLACES.map(kind => h('li', {}, swatch(kind), h('span', {}, t(`place.${kind}`)), h('strong', { 'data-kind': kind }, number(places[kind])))))]);
    this.map.show(sections, () => [
      h('div', { class: 'stage', 'aria-hidden': 'true' }, t('stage')),
      h('ul', { class: ['tiles', sections.length > 80 && 'many'], 'aria-label': t('live.map') }, sections.map(section => h('li', {}, h('a', {
        class: ['tile', section.available === 0 && 'full'], href: saleUrl(this.schedule.id, `/places/${encodeURIComponent(section.name)}`),
      }, h('span', { class: 'tile-name' }, section.name),
      stack(PLACES.map(kind => [kind, section[kind]]), { height: sections.length > 80 ? 14 : 40, total: section.total }),
      h('span', { class: 'tile-left' }, section.available > 0 ? t('left', { n: number(section.available) }) : t('none.left')),
      h('span', { class: 'unseen' }, t('section.rest', { total: number(section.total), held: number(section.held), sold: number(section.sold), blocked: number(section.blocked) }))))))]);
  }

  // What goes through

  drawQueue({ queue }) {
    const depth = queue?.depth ?? null;
    this.depth.show(depth, () => [depth === null ? t('not.known') : number(depth)]);
    const oldest = queue?.oldestSeconds;
    this.oldest.show([depth, oldest === undefined || oldest === null ? null : Math.round(oldest)], () => [
      depth === null ? t('queue.not.known') : depth === 0 ? t('queue.empty') : oldest === undefined || oldest === null ? t('queue.waiting') : t('queue.oldest', { time: duration(oldest) })]);
    this.depthLine.draw(this.history.samples, this.history.span, depth === null ? t('not.known') : t('queue.label', { n: number(depth) }));
  }

  drawPace() {
    const last = this.history.samples.at(-1);
    const text = rate => rate === null ? null : number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
    this.pace.show([text(last.accepted), text(last.decided)], () => ['accepted', 'decided'].map(name =>
      h('li', { class: `key-${name}` }, h('span', { class: 'dash', 'aria-hidden': 'true' }), h('span', {}, t(`pace.${name}`)), h('strong', {}, text(last[name]) === null ? '–' : t('per.second', { n: text(last[name]) })))));
    const most = this.paceLines.draw(this.history.samples, this.history.span, t('pace.label', { accepted: text(last.accepted) ?? '–', decided: text(last.decided) ?? '–' }));
    const time = duration(this.history.span / 1000);
    this.paceMost.show([text(most), time], () => [t('pace.most', { n: text(most), time })]);
  }

  drawOutcomes() {
    const outcomes = this.history.outcomes();
    const shown = outcomes.slice(0, MOST_BARS);
    this.outcomePlace.show(outcomes, () => outcomes.length === 0 ? [h('p', { class: 'muted' }, t('outcomes.none'))] : [
      bars(shown.map(outcome => ({ label: nameOf(outcome), amount: outcome.count, tone: toneOf(outcome) })), number),
      outcomes.length > shown.length ? h('p', { class: 'muted small' }, t('outcomes.more', { n: number(outcomes.length - shown.length) })) : null,
      h('p', { class: 'muted small' }, t('outcomes.since', { when: here(this.live.commands.since) }))]);
  }

  drawLine({ line }) {
    this.line.show(line ?? null, () => !line ? [h('p', { class: 'muted' }, t('line.not.known'))] : [
      h('p', { class: 'sum' }, h('span', {}, t('line.active')), h('strong', { id: 'active' }, t('n.of', { n: number(line.active), of: number(line.maxActive) }))),
      stack([['sold', line.active], ['available', Math.max(0, line.maxActive - line.active)]]),
      h('p', { class: 'sum' }, h('span', {}, t('line.waiting')), h('strong', { id: 'waiting' }, number(line.waiting))),
      h('p', { class: 'sum' }, h('span', {}, t('line.early')), h('strong', {}, number(line.early)))]);
  }

  drawHealth() {
    const numbers = ['conflicts', 'retries', 'redeliveries'].map(name => [name, this.history.total(name)]);
    const { conflicts } = this.history.samples.at(-1);
    this.health.show([numbers, Math.round(conflicts ?? 0)], () => [
      h('dl', { class: 'facts' }, numbers.map(([name, n]) => fact(t(`health.${name}`), number(n)))),
      h('p', { class: 'muted small' }, conflicts >= 1 ? t('health.rate', { n: number(Math.round(conflicts)) }) : t('health.how'))]);
  }

  // Money

  books() {
    let state = null;
    staff.poll(async () => {
      let books;
      try {
        ({ data: books } = await staff.call('GET', '/api/admin/books', { signal: this.signal, timeout: 60_000 }));
      } catch (problem) {
        if (problem instanceof api.Problem && problem.code === 'unavailable' && state === null) replace(this.money, h('p', { class: 'muted' }, t('books.adding')));
        throw problem;
      }
      if (books.state === 'UNBALANCED' && state !== 'UNBALANCED') sayNow(t('books.UNBALANCED', { difference: won(books.difference) }));
      state = books.state;
      replace(this.money, drawBooks(books));
      return BOOKS_ROUND;
    }, this.signal, { failed: problem => say(problem, this.money) });
  }
}

/** What came in, and where it is: both bars have the same length when the books balance. */
function drawBooks(books) {
  const inFlight = books.inFlight.paid - books.inFlight.refunded;
  const taken = books.paid - books.refunded;
  const most = Math.max(books.charged, books.balances + taken + inFlight, 1);
  const tone = { BALANCED: 'good', MOVING: 'moving', UNBALANCED: 'bad' }[books.state];
  return [
    h('p', { class: 'sum' }, h('span', {}, t('books.charged')), h('strong', {}, won(books.charged))),
    stack([['charged', books.charged]], { height: 18, total: most }),
    h('ul', { class: 'legend' },
      h('li', {}, swatch('sold'), h('span', {}, t('books.taken')), h('strong', {}, won(taken))),
      h('li', {}, swatch('held'), h('span', {}, t('books.flight')), h('strong', {}, won(inFlight))),
      h('li', {}, swatch('available'), h('span', {}, t('books.balances')), h('strong', {}, won(books.balances)))),
    stack([['sold', taken], ['held', inFlight], ['available', books.balances]], { height: 18, total: most }),
    h('p', { class: ['verdict', tone], id: 'books', 'data-state': books.state }, t(`books.${books.state}`, { difference: won(books.difference) })),
    h('p', { class: 'muted small' }, t('books.of', { paid: won(books.paid), refunded: won(books.refunded), when: here(books.at, { hour: 'numeric', minute: '2-digit', second: '2-digit' }) })),
  ];
}

const toneOf = ({ outcome }) => ['HELD', 'CONFIRMED', 'COMPLETED'].includes(outcome) ? 'good' : ['REJECTED', 'FAILED', 'REFUSED'].includes(outcome) ? 'bad' : 'other';

const reasonOf = code => hasSentence(code) ? sentence(code)[0].replace(/[.。]$/u, '') : code;

/** Why a command is dead, in words where the queue's reason is a known one. */
function whyOf(reason) {
  const text = t(`why.${reason}`);
  return text.startsWith('why.') ? reasonOf(reason) : text;
}

function nameOf({ command, outcome, reason }) {
  const what = t('outcome.name', { command: t(`command.${command}`), outcome: t(`outcome.${outcome}`) });
  return reason ? t('outcome.reason', { what, reason: reasonOf(reason) }) : what;
}

// Dead letters

class Letters {
  constructor(id, signal) {
    Object.assign(this, { id, signal, count: 0, askedAt: 0 });
    this.problem = h('div', { class: 'problems' });
    this.list = new Place('ul', { class: 'letter-list' });
    this.more = h('div', { class: 'actions' });
    this.sum = new Place('p', {});
    this.element = h('div', { class: 'stack' }, this.sum.element, this.problem, this.list.element, this.more);
  }

  show(count) {
    this.sum.show(count, () => [count === 0 ? h('span', { class: 'fine' }, t('letters.none')) : h('span', { class: 'worry' }, t('letters.some', { n: number(count) }))]);
    if (count > this.count && this.askedAt > 0) sayPolitely(t('letters.some', { n: number(count) }));
    const isDue = count !== this.count || (count > 0 && Date.now() - this.askedAt > 1000 * LETTERS_ROUND);
    this.count = count;
    if (isDue && !this.asking) this.ask();
    this.askedAt ||= Date.now();
  }

  async ask() {
    this.asking = true;
    this.askedAt = Date.now();
    try {
      await tried(async () => {
        const { data } = await staff.get(staff.scheduleUrl(this.id, '/dead-letters?limit=20'), { signal: this.signal });
        this.draw(data.items);
        this.next(data.continuation);
      }, this.problem);
    } finally {
      this.asking = false;
    }
  }

  next(continuation) {
    this.more.replaceChildren();
    if (!continuation) return;
    this.more.append(act(t('show.more'), async () => {
      const { data } = await staff.get(staff.scheduleUrl(this.id, `/dead-letters?limit=20&continuation=${encodeURIComponent(continuation)}`), { signal: this.signal });
      append(this.list.element, data.items.map(item => this.entry(item)));
      this.next(data.continuation);
    }, this.problem, { class: 'button quiet' }));
  }

  draw(items) {
    this.list.show(items, () => items.map(item => this.entry(item)));
  }

  entry(item) {
    const problem = h('div', { class: 'problems' });
    const run = (action, said) => async () => {
      await staff.command('POST', staff.scheduleUrl(this.id, `/dead-letters/${encodeURIComponent(item.id)}/${action}`), `letter/${this.id}/${item.id}/${action}`);
      sayPolitely(t(said));
      await this.ask();
    };
    return h('li', { class: 'letter', 'data-outcome': item.outcome },
      h('div', { class: 'grow' },
        h('strong', {}, t('letter.what', { command: t(`command.${item.command}`), outcome: t(`letter.${item.outcome}`) })),
        h('p', {}, t('letter.reason', { reason: whyOf(item.reason) })),
        h('p', { class: 'muted small' }, here(item.at), item.reservationId ? ` · ${item.reservationId}` : '', item.sentAgainAt ? ` · ${t('letter.sent', { when: here(item.sentAgainAt) })}` : '')),
      h('div', { class: 'actions' },
        item.canSendAgain ? act(t('send.again'), run('send-again', 'letter.sending'), problem, { class: 'button quiet send-again' }) : null,
        item.canRefuse ? act(t('refuse.now'), run('refuse', 'letter.refused'), problem, { class: 'button danger refuse' }) : null),
      problem);
  }
}
