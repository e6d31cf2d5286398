// Choosing: seats on the map, the best places by themselves, or a number of standing places.

import * as api from '../shared/api.js';
import { h, replace, actionButton, sayPolitely } from '../shared/dom.js';
import { t, won, when, number } from '../shared/i18n.js';
import { problemBox } from '../shared/problems.js';
import * as session from '../session.js';
import * as line from '../line.js';
import * as live from '../live.js';
import { SeatMap, neighbours, sample } from '../seatmap.js';
import { steps } from './steps.js';

const ROUND = 2;
const QUIET_ROUND = 6;

// While the service says by itself that something has changed: only in case it did not.
const TOLD_ROUND = 30;

/** With more seats than that a house is shown by its sections first. */
const ALL_AT_ONCE = 2000;

/** With more seats than that a section is shown in parts. */
const PART = 2400;

export async function show(view, { concertId, scheduleId, section }, context) {
  const { signal, wayTo } = context;
  const token = session.tokenOf(concertId);
  const toLine = `#/concert/${encodeURIComponent(concertId)}`;
  const here = `${toLine}/${encodeURIComponent(scheduleId)}`;
  const facts = session.seen(scheduleId);
  if (!session.user() || !token) return context.go(toLine);

  const ask = (query, options) => api.call('GET', `/api/concert/available-seats?concertScheduleId=${encodeURIComponent(scheduleId)}${query}`, { token, signal, ...options });
  view.append(
    h('div', { class: 'heading' }, h('a', { class: 'back', href: section ? here : toLine }, section ? t('all.sections') : t('other.dates')),
      h('h1', {}, facts?.concert ?? t('seats')), facts ? h('p', { class: 'lead' }, when(facts.openAt)) : null),
    steps(2));
  const body = h('div', { class: 'stack' }, h('p', { class: 'loading' }, t('loading')));
  view.append(body);

  const turnOver = problem => {
    if (problem.code === 'token-expired') line.ended();
    replace(body, problemBox(problem, {
      retry: ['token-expired', 'not-admitted', 'not-yours'].includes(problem.code) ? null : context.again,
      ways: [wayTo(toLine, problem.code === 'not-yours' ? t('other.dates') : t('to.line'))],
    }));
  };

  let overview;
  try {
    overview = (await api.get(`/api/concert/available-seats?concertScheduleId=${encodeURIComponent(scheduleId)}&include=sections`, { token, signal })).data;
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    return turnOver(problem);
  }

  line.subscribe(() => {
    if (line.state()?.status === 'ENDED' && line.state().token === token) turnOver(new api.Problem('token-expired', 401, ''));
  }, signal);

  const told = live.watch(token, scheduleId, section, signal);
  const sale = new Sale(overview, context, toLine, body);
  replace(body);
  if (overview.inventories.length > 0 && !section) sale.standing(body);
  const { sections } = overview.overview;
  if (sections.length === 0) {
    // The numbers left go on moving.
    poll(() => ask('&include=sections'), data => sale.left(data), told, signal, turnOver);
    return;
  }

  const all = sections.reduce((sum, one) => sum + one.totalSeats, 0);
  const shown = section ? sections.filter(one => one.name === section) : all <= ALL_AT_ONCE ? sections : [];
  if (section && shown.length === 0) return turnOver(new api.Problem('not-yours', 404, ''));
  if (!section) sale.best(body);
  body.append(h('div', { class: 'stage', 'aria-hidden': 'true' }, t('stage')));
  if (shown.length > 0) {
    sale.maps(body, shown);
    poll(etag => ask(`&include=all${section ? `&section=${encodeURIComponent(section)}` : ''}`, { etag }), data => sale.seats(data), told, signal, turnOver);
  } else {
    sale.overview(body, here);
    poll(etag => ask('&include=sections', { etag }), data => sale.left(data), told, signal, turnOver);
  }
}

/** Asks for what changed: when told so, and where nobody tells more rarely while nothing does. */
function poll(ask, draw, told, signal, failed) {
  let [etag, quiet] = [null, 0];
  api.poll(async () => {
    const answer = await ask(etag);
    quiet = answer.status === 304 ? quiet + 1 : 0;
    if (answer.status !== 304) {
      etag = answer.etag;
      draw(answer.data);
    }
    return told.isOpen() ? TOLD_ROUND : answer.retryAfter ?? Math.min(QUIET_ROUND, ROUND + quiet * 0.5);
  }, signal, { failed, rest: told.rest });
}

class Sale {
  constructor(data, context, toLine, body) {
    Object.assign(this, { id: data.concertScheduleId, data, context, toLine, body });
    this.facts = data.overview;
    this.grades = this.facts.grades ?? [];
    this.names = new Map(this.grades.map(grade => [grade.code, grade.name]));
    this.most = Math.min(this.facts.maxPerReservation, this.facts.maxPerUser);
    this.prices = [];
    this.selected = [];
    this.problem = h('div', { class: 'problems' });
    body.before(this.problem);
  }

  // Standing places

  standing(into) {
    this.standingLeft = new Map();
    into.append(h('section', { class: 'stack', 'aria-label': t('standing') }, h('h2', {}, t('standing')), this.data.inventories.map(inventory => {
      const left = h('span', { class: 'badge open' });
      const amount = stepper(t('quantity.of', { name: inventory.name }), 1, this.most, n => { total.textContent = won(n * inventory.price); });
      const total = h('strong', {}, won(inventory.price));
      const button = actionButton(t('hold'), () => this.hold(
        { inventoryId: inventory.id, quantity: amount.value() }, `hold/${inventory.id}/${amount.value()}`), { 'data-inventory': inventory.id });
      this.standingLeft.set(inventory.id, { left, button });
      return h('div', { class: 'card row' },
        h('div', { class: 'grow' }, h('h3', {}, inventory.name), h('p', { class: 'muted' }, t('each', { price: won(inventory.price) })), left),
        amount.element, h('div', { class: 'total' }, total), button);
    })));
    this.left(this.data);
  }

  left(data) {
    for (const inventory of data.inventories) {
      const shown = this.standingLeft?.get(inventory.id);
      if (!shown) continue;
      shown.left.textContent = inventory.available > 0 ? t('left', { n: number(inventory.available) }) : t('date.out');
      shown.left.className = inventory.available > 0 ? 'badge open' : 'badge out';
      shown.button.setAttribute('aria-disabled', String(inventory.available === 0));
    }
    for (const one of data.overview?.sections ?? []) this.blocks?.get(one.name)?.(one);
  }

  // The best places

  best(into) {
    const { sections } = this.facts;
    const choose = (id, label, options) => h('label', { class: 'field' }, label, h('select', { id }, options.map(([value, text]) => h('option', { value }, text))));
    const count = stepper(t('best.count'), Math.min(2, this.most), this.most);
    const grade = this.grades.length > 0 ? choose('best-grade', t('best.grade'), [['', t('best.any.grade')], ...this.grades.map(g => [g.code, `${g.name} · ${won(g.price)}`])]) : null;
    const section = sections.length > 1 ? choose('best-section', t('best.section'), [['', t('best.anywhere')], ...sections.map(one => [one.name, one.name])]) : null;
    const together = h('input', { type: 'checkbox', id: 'best-together' });
    const wanted = id => document.getElementById(id)?.value || undefined;
    const go = () => this.holdBest({
      concertScheduleId: this.id, count: count.value(), section: sections.length === 1 ? sections[0].name : wanted('best-section'), grade: wanted('best-grade'), together: together.checked || undefined,
    });
    into.append(h('details', { class: 'panel best' },
      h('summary', {}, h('h2', {}, t('best')), h('span', { class: 'muted' }, t('best.how'))),
      h('div', { class: 'fields' }, h('div', { class: 'field' }, h('span', { id: 'best-count-label' }, t('best.count')), count.element), grade, section,
        h('label', { class: 'check' }, together, t('best.together'))),
      h('div', { class: 'actions' }, actionButton(t('best.go'), go, { id: 'best-go' }))));
  }

  async holdBest(request) {
    await this.hold(request, `best/${JSON.stringify(request)}`);
  }

  // The map

  overview(into, here) {
    this.blocks = new Map();
    into.append(h('section', { class: 'stack' }, h('h2', {}, t('choose.section')), this.legend(), h('ul', { class: 'blocks' }, this.facts.sections.map(one => {
      const left = h('span', { class: 'block-left' });
      const meter = h('progress', { max: one.totalSeats, 'aria-hidden': 'true' });
      const link = h('a', { class: 'block', href: `${here}/${encodeURIComponent(one.name)}` },
        h('strong', {}, one.name), h('span', { class: 'block-grades' }, (one.grades ?? []).map(code => sample(this.tierOf({ grade: code })))), left, meter,
        h('span', { class: 'muted' }, one.minPrice === one.maxPrice ? won(one.minPrice) : t('from', { price: won(one.minPrice) })));
      const show = next => {
        left.textContent = next.available > 0 ? t('left', { n: number(next.available) }) : t('date.out');
        meter.value = next.available;
        link.classList.toggle('out', next.available === 0);
      };
      show(one);
      this.blocks.set(one.name, show);
      return h('li', {}, link);
    }))));
  }

  maps(into, sections) {
    this.shown = new Map();
    this.stage = h('div', { class: 'maps' }, h('p', { class: 'loading' }, t('loading')));
    this.legendPlace = h('div', {});
    const zoom = by => () => this.shown.forEach(map => map.zoom(Math.max(0.5, Math.min(2.5, map.scale * by))));
    into.append(
      h('div', { class: 'map-tools' }, this.legendPlace,
        h('div', { class: 'zoom', role: 'group', 'aria-label': t('zoom') },
          h('button', { type: 'button', class: 'icon', 'aria-label': t('zoom.out'), onclick: zoom(1 / 1.25) }, '−'),
          h('button', { type: 'button', class: 'icon', 'aria-label': t('zoom.in'), onclick: zoom(1.25) }, '+'))),
      this.stage);
    this.basket = h('div', { class: 'basket', role: 'region', 'aria-label': t('basket') });
    this.body.after(this.basket);
    this.drawBasket();
  }

  seats(data) {
    this.left(data);
    if (this.prices.length === 0) {
      this.prices = [...new Set(data.seats.filter(seat => !seat.grade).map(seat => seat.price))].sort((a, b) => b - a);
      replace(this.legendPlace, this.legend());
    }
    const bySection = Map.groupBy(data.seats, seat => seat.section);
    if (this.shown.size === 0) replace(this.stage);
    for (const [name, seats] of bySection) this.section(name, seats);
    const gone = this.selected.filter(seat => !data.seats.some(other => other.id === seat.id && other.status === 'AVAILABLE'));
    if (gone.length > 0 && !this.sending) this.lost(gone);
  }

  section(name, seats) {
    const kept = this.shown.get(name);
    if (kept) return kept.show(kept.part ? kept.part(seats) : seats);
    const map = new SeatMap(name, {
      tierOf: seat => this.tierOf(seat), gradeName: code => this.names.get(code) ?? code, toggle: seat => this.toggle(name, seat),
    });
    this.shown.set(name, map);
    const parts = Math.ceil(seats.length / PART);
    let [part, all] = [0, seats];
    if (parts > 1) {
      map.part = next => {
        all = next;
        return next.slice(part * PART, (part + 1) * PART);
      };
    }
    const choose = parts > 1 && h('div', { class: 'parts', role: 'group', 'aria-label': t('parts') }, Array.from({ length: parts }, (_, i) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(i === 0),
      onclick: event => {
        part = i;
        for (const chip of event.currentTarget.parentNode.children) chip.setAttribute('aria-pressed', String(chip === event.currentTarget));
        map.show(map.part(all));
        map.select(this.selected.map(seat => seat.id));
      },
    }, t('part', { from: number(i * PART + 1), to: number(Math.min(seats.length, (i + 1) * PART)) }))));
    this.stage.append(h('section', { class: 'map' }, h('h2', {}, t('section', { name })), choose, map.element));
    map.show(map.part ? map.part(seats) : seats);
    map.fit();
  }

  tierOf(seat) {
    return seat.grade ? Math.max(0, this.grades.findIndex(grade => grade.code === seat.grade)) : this.grades.length + Math.max(0, this.prices.indexOf(seat.price));
  }

  legend() {
    const entry = (picture, text) => h('li', {}, picture, h('span', {}, text));
    return h('ul', { class: 'legend', 'aria-label': t('legend') },
      this.grades.map((grade, i) => entry(sample(i), `${grade.name} · ${won(grade.price)}`)),
      this.prices.slice(0, 6).map((price, i) => entry(sample(this.grades.length + i), won(price))),
      this.shown ? [entry(sample(0, 'MINE'), t('seat.MINE')), entry(sample(0, 'SOLD'), t('seat.gone'))] : null);
  }

  toggle(section, seat) {
    const has = this.selected.some(other => other.id === seat.id);
    if (!has && this.selected.length > 0 && this.selected[0].section !== section) {
      this.selected = [];
      sayPolitely(t('one.section'));
      this.hint = t('one.section');
    } else {
      this.hint = null;
    }
    if (!has && this.selected.length >= this.most) {
      this.hint = t('most', { n: this.most });
      sayPolitely(this.hint);
      return this.drawBasket();
    }
    this.choose(has ? this.selected.filter(other => other.id !== seat.id) : [...this.selected, seat]);
  }

  choose(seats) {
    this.selected = seats;
    const ids = seats.map(seat => seat.id);
    this.shown.forEach(map => {
      map.select(ids);
      map.flag([], 'OFFER');
    });
    if (seats.length > 0) replace(this.problem);
    this.drawBasket();
  }

  drawBasket() {
    const total = this.selected.reduce((sum, seat) => sum + seat.price, 0);
    this.holdButton ??= actionButton(t('hold'), () => this.holdSeats(), { id: 'hold', class: 'button large' });
    this.holdButton.setAttribute('aria-disabled', String(this.selected.length === 0));
    replace(this.basket,
      h('div', { class: 'grow' },
        this.selected.length === 0
          ? h('p', { class: 'muted' }, t('basket.empty', { n: this.most }))
          : h('ul', { class: 'chosen' }, this.selected.map(seat => h('li', {}, h('button', {
            type: 'button', class: 'chip', 'aria-label': t('give.up', { seat: label(seat) }), onclick: () => this.toggle(seat.section, seat),
          }, label(seat), h('span', { 'aria-hidden': 'true' }, ' ×'))))),
        this.hint ? h('p', { class: 'hint' }, this.hint) : null),
      h('div', { class: 'total' }, total > 0 ? h('strong', {}, won(total)) : null),
      this.holdButton);
  }

  async holdSeats() {
    const ids = this.selected.map(seat => seat.id).sort();
    await this.hold({ seatIds: ids }, `hold/${ids.join(',')}`);
  }

  async hold(request, intent) {
    try {
      await this.send(request, intent);
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      this.refused(problem, request);
    }
  }

  async send(request, intent) {
    replace(this.problem);
    this.sending = true;
    try {
      const { data } = await api.command('POST', '/api/reservation', intent, { body: request, wait: 10, token: session.tokenOf(this.toLine.split('/')[2]) });
      if (data.status === 'REJECTED') throw new api.Problem(data.reason, 409, '');
      // Goes on sending: until the page has gone on, the map may hear that these seats are held. They are this buyer's.
      this.context.go(`#/reservation/${encodeURIComponent(data.id)}`);
    } catch (fault) {
      this.sending = false;
      throw fault;
    }
  }

  refused(problem, request) {
    const { wayTo } = this.context;
    if (problem.code === 'token-expired') line.ended();
    if (problem.code === 'seat-taken' && this.selected.length > 0) return this.lost(this.selected);
    const ways = {
      'limit-reached': [wayTo('#/reservations', t('nav.reservations'))],
      'sold-out': [request.together ? null : wayTo(this.toLine, t('other.dates'))],
      'booking-closed': [wayTo(this.toLine, t('other.dates'))],
      'token-expired': [wayTo(this.toLine, t('to.line'))],
      'not-admitted': [wayTo(this.toLine, t('to.line'))],
      'not-yours': [wayTo(this.toLine, t('other.dates'))],
    }[problem.code] ?? [];
    const again = ['offline', 'unavailable', 'too-many-requests', 'idempotency-mismatch'].includes(problem.code)
      ? () => request.count ? this.holdBest(request) : this.hold(request, request.seatIds ? `hold/${request.seatIds.join(',')}` : `hold/${request.inventoryId}/${request.quantity}`) : null;
    replace(this.problem, problemBox(problem, { ways, retry: again }));
    this.problem.scrollIntoView({ block: 'nearest' });
  }

  /** Somebody was quicker: the map is asked anew, the seats are marked, free ones beside them are offered. */
  async lost(seats) {
    const section = seats[0].section;
    const map = this.shown.get(section);
    try {
      const { data } = await api.call('GET', `/api/concert/available-seats?concertScheduleId=${encodeURIComponent(this.id)}&include=all&section=${encodeURIComponent(section)}`, {
        token: session.tokenOf(this.toLine.split('/')[2]), signal: this.context.signal,
      });
      this.section(section, data.seats);
    } catch (fault) {
      if (!(fault instanceof api.Problem)) throw fault;
    }
    const now = id => map.seats.get(id)?.seat;
    const gone = seats.filter(seat => now(seat.id)?.status !== 'AVAILABLE');
    const lost = gone.length > 0 ? gone : seats;
    const offer = neighbours(map.row(lost[0].id), lost.map(seat => seat.id), seats.length);
    this.choose([]);
    map.flag(lost.map(seat => seat.id), 'LOST');
    map.flag(offer.map(seat => seat.id), 'OFFER');
    replace(this.problem, problemBox(new api.Problem('seat-taken', 409, ''), {
      ways: [
        h('p', { class: 'problem-detail' }, t('lost', { seats: lost.map(label).join(', ') })),
        offer.length > 0 ? actionButton(t('take.instead', { seats: offer.map(label).join(', ') }), () => this.choose(offer), { id: 'take-instead' }) : h('p', {}, t('none.beside')),
      ],
    }));
    this.problem.scrollIntoView({ block: 'nearest' });
  }
}

export const label = seat => seat.row ? t('seat.in.row', { row: seat.row, seat: seat.seatNumber }) : t('seat.alone', { seat: seat.seatNumber });

export function stepper(name, from, most, changed = () => {}) {
  let n = from;
  const shown = h('output', { class: 'count' }, String(n));
  const move = by => {
    n = Math.max(1, Math.min(most, n + by));
    shown.textContent = String(n);
    less.disabled = n === 1;
    more.disabled = n === most;
    changed(n);
  };
  const less = h('button', { type: 'button', class: 'icon', 'aria-label': t('less'), onclick: () => move(-1), disabled: n === 1 }, '−');
  const more = h('button', { type: 'button', class: 'icon', 'aria-label': t('more'), onclick: () => move(1), disabled: n === most }, '+');
  return { element: h('div', { class: 'stepper', role: 'group', 'aria-label': name }, less, shown, more), value: () => n };
}
