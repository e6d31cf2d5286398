// House seats: places taken off sale and put back, on the section's map, by row and label, or as a number.

import * as api from '../../js/shared/api.js';
import { h, replace, sayPolitely } from '../../js/shared/dom.js';
import { t, won, number } from '../../js/shared/i18n.js';
import { SeatMap, sample } from '../../js/seatmap.js';
import { act, say } from '../actions.js';
import { Place } from '../charts.js';
import * as staff from '../staff.js';
import { heading, label, saleUrl } from './sale.js';

const ROUND = 3;

/** The service takes that many seats in one call, all of them or none. */
const AT_ONCE = 90;

/** With more sections than that they are chosen from a list. */
const CHIPS = 40;

/** With more seats than that a section is shown in parts. */
const PART = 2400;

export async function show(view, { id, section }, { signal, go }) {
  const schedule = await heading(view, id, 'places', signal);
  const ask = (query, etag) => staff.call('GET', staff.scheduleUrl(id, `/seats?${query}`), { signal, etag });
  const { data } = await staff.get(staff.scheduleUrl(id, '/seats?include=sections'), { signal });
  const { sections, grades } = data.overview;
  const chosen = sections.find(one => one.name === section) ?? sections[0];
  if (schedule.calledOff) view.append(h('p', { class: 'hint' }, t('places.off')));
  view.append(h('p', { class: 'muted' }, t('places.how')));
  const to = name => saleUrl(id, `/places/${encodeURIComponent(name)}`);
  if (sections.length > CHIPS) {
    view.append(h('label', { class: 'field', for: 'section' }, t('sections'), h('select', { id: 'section', onchange: event => go(to(event.target.value)) },
      sections.map(one => h('option', { value: one.name, selected: one === chosen }, one.name)))));
  } else if (sections.length > 1) {
    view.append(h('nav', { class: 'chips', 'aria-label': t('sections') }, sections.map(one => h('a', { class: 'chip', href: to(one.name), 'aria-current': one === chosen ? 'page' : null }, one.name))));
  }
  if (chosen) {
    const map = new Section(id, chosen.name, grades ?? [], ask, signal);
    view.append(map.element);
    map.watch();
  }
  if (data.inventories.length > 0) {
    const standing = new Standing(id, data.inventories, signal);
    view.append(standing.element);
    standing.watch();
  }
}

class Section {
  constructor(id, name, grades, ask, signal) {
    Object.assign(this, { id, name, grades, ask, signal, seats: [], chosen: new Set(), part: 0, etag: null });
    this.problem = h('div', { class: 'problems' });
    this.parts = new Place();
    this.bar = new Place('div', { class: 'choice', role: 'region', 'aria-label': t('choice') });
    this.legend = new Place('ul', { class: 'legend', 'aria-label': t('legend') });
    this.prices = [];
    this.map = new SeatMap(name, {
      tierOf: seat => this.tierOf(seat), gradeName: code => this.grades.find(grade => grade.code === code)?.name ?? code,
      toggle: seat => this.choose([seat], !this.chosen.has(seat.id)), canChoose,
    });
    this.picker = h('div', {});
    this.element = h('section', { class: 'stack staff-map' },
      h('h2', {}, t('section', { name })), this.picker, this.legend.element, this.parts.element, h('div', { class: 'stage', 'aria-hidden': 'true' }, t('stage')),
      this.map.element, this.problem, this.bar.element);
  }

  watch() {
    staff.poll(async () => {
      await this.refresh();
      return ROUND;
    }, this.signal, { failed: problem => say(problem, this.problem) });
  }

  async refresh() {
    const answer = await this.ask(`include=all&section=${encodeURIComponent(this.name)}`, this.etag);
    if (answer.status === 304) return;
    this.etag = answer.etag;
    this.seats = answer.data.seats;
    this.prices = [...new Set(this.seats.filter(seat => !seat.grade).map(seat => seat.price))].sort((a, b) => b - a);
    const still = new Map(this.seats.map(seat => [seat.id, seat]));
    for (const one of [...this.chosen]) if (!canChoose(still.get(one) ?? {})) this.chosen.delete(one);
    this.draw();
  }

  draw() {
    const isFirst = !this.picker.hasChildNodes();
    if (isFirst) replace(this.picker, this.pick());
    const parts = Math.ceil(this.seats.length / PART);
    this.parts.show([parts, this.part], () => parts < 2 ? [] : [h('div', { class: 'chips', role: 'group', 'aria-label': t('parts') }, Array.from({ length: parts }, (_, i) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(i === this.part), onclick: () => {
        this.part = i;
        this.draw();
      },
    }, t('part', { from: number(i * PART + 1), to: number(Math.min(this.seats.length, (i + 1) * PART)) }))))]);
    this.legend.show([this.grades, this.prices], () => [
      this.grades.map((grade, i) => key(sample(i), `${grade.name} · ${won(grade.price)}`)),
      this.prices.slice(0, 6).map((price, i) => key(sample(this.grades.length + i), won(price))),
      ['HELD', 'SOLD', 'BLOCKED', 'MINE'].map(state => key(sample(0, state), t(`seat.${state}`)))]);
    this.map.show(this.seats.slice(this.part * PART, (this.part + 1) * PART));
    this.map.select([...this.chosen]);
    if (isFirst) this.map.fit();
    this.drawBar();
  }

  tierOf(seat) {
    return seat.grade ? Math.max(0, this.grades.findIndex(grade => grade.code === seat.grade)) : this.grades.length + Math.max(0, this.prices.indexOf(seat.price));
  }

  /** By what is printed: a row, and labels such as 1-10, 12A. */
  pick() {
    const rows = [...new Set(this.seats.map(seat => seat.row ?? ''))];
    const hasRows = rows.some(row => row !== '');
    const row = h('select', { id: 'pick-row' }, h('option', { value: '*' }, t('pick.all.rows')), rows.map(one => h('option', { value: one }, one === '' ? t('pick.no.row') : t('map.row', { row: one }))));
    const seats = h('input', { id: 'pick-seats', autocomplete: 'off', spellcheck: 'false', placeholder: '1-10, 12A', 'aria-describedby': 'pick-said' });
    const said = h('p', { class: 'field-wrong', id: 'pick-said', role: 'status' });
    return h('form', { class: 'fields', onsubmit: event => {
      event.preventDefault();
      const inRow = this.seats.filter(seat => !hasRows || row.value === '*' || (seat.row ?? '') === row.value);
      const { found, missing } = labelled(inRow, seats.value);
      const free = found.filter(canChoose);
      const others = found.length - free.length;
      this.choose(free, true);
      said.textContent = [missing.length > 0 ? t('pick.missing', { seats: missing.join(', ') }) : '', others > 0 ? t('pick.others', { n: others }) : ''].filter(Boolean).join(' ');
      sayPolitely(t('pick.done', { n: free.length }));
    } },
    hasRows ? h('label', { for: 'pick-row' }, t('pick.row'), row) : null,
    h('label', { for: 'pick-seats' }, t('pick.seats'), seats),
    h('button', { type: 'submit', class: 'button quiet', id: 'pick' }, t('pick.go')), said);
  }

  choose(seats, isIn) {
    for (const seat of seats) {
      if (isIn) this.chosen.add(seat.id);
      else this.chosen.delete(seat.id);
    }
    this.map.select([...this.chosen]);
    this.drawBar();
  }

  drawBar() {
    const chosen = this.seats.filter(seat => this.chosen.has(seat.id));
    const free = chosen.filter(seat => seat.status === 'AVAILABLE').map(seat => seat.id).sort();
    const blocked = chosen.filter(seat => seat.status === 'BLOCKED').map(seat => seat.id).sort();
    this.bar.show(chosen, () => [
      h('p', { class: 'grow' }, chosen.length === 0 ? t('choice.empty') : chosen.length <= 8 ? chosen.map(label).join(' · ') : t('choice.n', { n: number(chosen.length) })),
      chosen.length > 0 ? h('button', { type: 'button', class: 'link', id: 'choose-none', onclick: () => this.choose(chosen, false) }, t('choice.none')) : null,
      blocked.length > 0 ? act(t('unblock.n', { n: number(blocked.length) }), () => this.send('unblock', blocked), this.problem, { id: 'unblock', class: 'button quiet' }) : null,
      act(t('block.n', { n: number(free.length) }), () => this.send('block', free), this.problem, { id: 'block', class: 'button', 'aria-disabled': free.length === 0 ? 'true' : null })]);
  }

  async send(action, ids) {
    let done = 0;
    try {
      for (; done < ids.length; done += AT_ONCE) {
        const some = ids.slice(done, done + AT_ONCE);
        await staff.command('POST', staff.scheduleUrl(this.id, `/${action}`), `${action}/${some.join(',')}`, { body: { seatIds: some } });
        some.forEach(one => this.chosen.delete(one));
      }
      sayPolitely(t(`${action}ed`, { n: ids.length }));
    } finally {
      await this.refresh().catch(fault => { if (!(fault instanceof api.Problem)) throw fault; });
      this.map.select([...this.chosen]);
      this.drawBar();
    }
  }
}

const canChoose = seat => seat.status === 'AVAILABLE' || seat.status === 'BLOCKED';

const key = (picture, text) => h('li', {}, picture, h('span', {}, text));

/** The seats that a text such as "1-10, 12A" means; all of them for none. What it names and is not there comes back too. */
function labelled(seats, text) {
  const wanted = text.split(/[,;\s]+/).filter(Boolean);
  if (wanted.length === 0) return { found: seats, missing: [] };
  const found = new Set();
  const missing = [];
  for (const one of wanted) {
    const range = /^(\d{1,7})[-–~](\d{1,7})$/.exec(one);
    const isMeant = range
      ? seat => /^\d+$/.test(seat.seatNumber) && Number(seat.seatNumber) >= Number(range[1]) && Number(seat.seatNumber) <= Number(range[2])
      : seat => seat.seatNumber.toLowerCase() === one.toLowerCase();
    const some = seats.filter(isMeant);
    if (some.length === 0) missing.push(one);
    some.forEach(seat => found.add(seat));
  }
  return { found: [...found], missing };
}

class Standing {
  constructor(id, inventories, signal) {
    Object.assign(this, { id, signal });
    this.cards = new Map();
    this.problem = h('div', { class: 'problems' });
    this.element = h('section', { class: 'stack' }, h('h2', {}, t('standing')), inventories.map(inventory => this.card(inventory)), this.problem);
  }

  card({ id, name, quantity, price }) {
    const facts = new Place('p', { class: 'muted' });
    const problem = h('div', { class: 'problems' });
    const input = h('input', { id: `n-${id}`, type: 'number', min: 1, max: quantity, value: '1', inputmode: 'numeric' });
    const wrong = h('p', { class: 'field-wrong', role: 'alert' });
    const send = action => async () => {
      const n = Number(input.value);
      wrong.textContent = '';
      if (!Number.isInteger(n) || n < 1) {
        wrong.textContent = t('number.wrong');
        return input.focus();
      }
      await staff.command('POST', staff.scheduleUrl(this.id, `/${action}`), `${action}/${id}/${n}`, { body: { inventoryId: id, quantity: n } });
      sayPolitely(t(`${action}ed`, { n }));
      await this.refresh();
    };
    this.cards.set(name, facts);
    return h('div', { class: 'card row', 'data-inventory': id },
      h('div', { class: 'grow' }, h('h3', {}, name), h('p', { class: 'muted' }, won(price)), facts.element),
      h('label', { for: `n-${id}` }, t('places.number'), input),
      act(t('block'), send('block'), problem, { class: 'button block' }),
      act(t('unblock'), send('unblock'), problem, { class: 'button quiet unblock' }), wrong, problem);
  }

  watch() {
    staff.poll(async () => {
      await this.refresh();
      return ROUND;
    }, this.signal, { failed: problem => say(problem, this.problem) });
  }

  async refresh() {
    const { data } = await staff.call('GET', staff.scheduleUrl(this.id, '/live'), { signal: this.signal });
    for (const { kind, name, available, held, sold, blocked } of data.sections) {
      if (kind === 'STANDING') this.cards.get(name)?.show([available, held, sold, blocked], () => [t('standing.facts', { available: number(available), held: number(held), sold: number(sold), blocked: number(blocked) })]);
    }
  }
}
