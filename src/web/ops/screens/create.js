// A concert and a performance of it: times, grades, sections by rows, standing places; and beside it what that makes.

import { h, replace, actionButton, sayNow, sayPolitely } from '../../js/shared/dom.js';
import { t, won, number, when } from '../../js/shared/i18n.js';
import { now } from '../../js/shared/clock.js';
import { tried } from '../actions.js';
import { bars, plan } from '../charts.js';
import { expandRows, priceOf } from '../plan.js';
import * as staff from '../staff.js';
import { saleUrl } from './sale.js';

const MOST_SEATS = 200_000;
const MOST_PRICE = 1_000_000_000;
const MOST_PLACES = 1_000_000;
const MOST_NUMBER = 1_000_000;
const NAME = 100;
const LABEL = 20;
const HOUR = 3_600_000;

export async function show(view, _, { signal, go }) {
  const { items } = await staff.schedules(null, signal);
  const concerts = new Map(items.map(({ concertId, concertName }) => [concertId, concertName]));
  view.append(new Form(concerts, signal, go).element);
}

const two = n => String(n).padStart(2, '0');

/** What an input of a local time takes. */
function local(milliseconds) {
  const date = new Date(milliseconds);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A local time with the offset that this machine has on that day. */
function withOffset(text) {
  const offset = -new Date(text).getTimezoneOffset();
  const size = Math.abs(offset);
  return `${text.length === 16 ? `${text}:00` : text}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** A short name for a long request: what is asked again is the same intent. */
function digest(text) {
  let [a, b] = [0x811c9dc5, 0x1505];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193) >>> 0;
    b = (Math.imul(b, 33) ^ text.charCodeAt(i)) >>> 0;
  }
  return a.toString(36) + b.toString(36);
}

const field = (name, input, props = {}) => h('label', { class: ['field', name], ...props }, h('span', {}, t(`create.${name}`)), input);

const numeric = (name, value, max) => h('input', { name, type: 'number', inputmode: 'numeric', min: 0, max, value, required: true });

class Form {
  constructor(concerts, signal, go) {
    Object.assign(this, { concerts, signal, go, made: new Map() });
    const doors = new Date(now() + 30 * 24 * HOUR);
    doors.setHours(19, 0, 0, 0);
    const time = (name, at) => h('input', { name, type: 'datetime-local', required: true, value: local(at) });

    this.concert = h('select', { name: 'concert', id: 'concert', onchange: () => this.showName() },
      h('option', { value: '' }, t('create.new')), [...concerts].map(([id, name]) => h('option', { value: id }, name)));
    this.name = h('input', { name: 'name', id: 'concert-name', maxlength: NAME, required: true, autocomplete: 'off' });
    this.nameField = field('name', this.name);
    this.times = {
      openAt: time('openAt', doors.getTime()), closeAt: time('closeAt', doors.getTime() + 3 * HOUR),
      bookingStartAt: time('bookingStartAt', now()), bookingEndAt: time('bookingEndAt', doors.getTime() - HOUR),
    };
    this.most = h('input', { name: 'maxPerUser', type: 'number', inputmode: 'numeric', min: 1, max: MOST_PLACES });
    this.grades = h('div', { class: 'stack' });
    this.sections = h('div', { class: 'stack' });
    this.standing = h('div', { class: 'stack' });
    this.preview = h('div', { class: 'stack preview-place' });
    this.errors = h('div', { class: 'problems', id: 'create-errors' });
    this.problem = h('div', { class: 'problems' });

    const add = (label, into, make, id) => h('button', { type: 'button', class: 'button quiet', id, onclick: () => {
      const made = make.call(this);
      into.append(made);
      made.querySelector('input')?.focus();
      this.changed();
    } }, label);
    this.button = actionButton(t('create.go'), () => this.submit(), { id: 'create', class: 'button large' });
    const group = (name, ...content) => h('fieldset', { class: 'panel' }, h('legend', { class: 'legend-title' }, t(`create.${name}`)), content);
    this.element = h('form', { class: 'create', novalidate: true, onsubmit: event => event.preventDefault(), oninput: () => this.changed(), onchange: () => this.changed() },
    h('div', { class: 'heading' }, h('h1', {}, t('nav.new')), h('p', { class: 'lead' }, t('create.how'))),
    h('div', { class: 'create-columns' },
      h('div', { class: 'stack' },
        group('concert', concerts.size > 0 ? field('which', this.concert) : null, this.nameField),
        group('times', h('div', { class: 'fields' }, Object.entries(this.times).map(([name, input]) => field(name, input))),
          h('p', { class: 'muted small' }, t('create.zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }))),
        group('grades', h('p', { class: 'muted' }, t('create.grades.how')), this.grades, h('div', {}, add(t('create.add.grade'), this.grades, this.grade, 'add-grade'))),
        group('sections', h('p', { class: 'muted' }, t('create.sections.how')), this.sections, h('div', {}, add(t('create.add.section'), this.sections, this.section, 'add-section'))),
        group('standing', this.standing, h('div', {}, add(t('create.add.standing'), this.standing, this.inventory, 'add-standing'))),
        group('limit', h('p', { class: 'muted' }, t('create.limit.how')), field('maxPerUser', this.most))),
      h('section', { class: 'panel preview', 'aria-labelledby': 'preview-title' }, h('h2', { id: 'preview-title' }, t('create.preview')), this.preview,
        this.errors, this.problem, h('div', { class: 'actions' }, this.button))));
    this.grades.append(this.grade('VIP', 'VIP', 150_000), this.grade('R', 'R', 110_000));
    this.sections.append(this.section());
    this.changed();
  }

  showName() {
    this.nameField.hidden = this.concert.value !== '';
  }

  removable(element, label) {
    element.append(h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, onclick: () => {
      const next = element.nextElementSibling ?? element.previousElementSibling ?? element.parentNode.parentNode;
      element.remove();
      (next.querySelector('input, button') ?? this.button).focus();
      this.changed();
    } }, '×'));
    return element;
  }

  grade(code = '', name = '', price = '') {
    return this.removable(h('div', { class: 'edit-line grade-line' },
      field('code', h('input', { name: 'code', maxlength: LABEL, required: true, autocomplete: 'off', value: code })),
      field('grade.name', h('input', { name: 'grade-name', maxlength: NAME, required: true, autocomplete: 'off', value: name })),
      field('price', numeric('price', price, MOST_PRICE))), t('create.remove'));
  }

  section() {
    const lines = h('div', { class: 'stack lines-of' }, this.rows(this.sections.childElementCount === 0 ? 'A-E' : ''));
    return this.removable(h('div', { class: 'section-line' },
      field('section.name', h('input', { name: 'section-name', maxlength: NAME, required: true, autocomplete: 'off', value: this.sections.childElementCount === 0 ? 'A' : '' })),
      lines,
      h('div', {}, h('button', { type: 'button', class: 'button quiet add-rows', onclick: () => {
        const line = this.rows();
        lines.append(line);
        line.querySelector('input').focus();
        this.changed();
      } }, t('create.add.rows')))), t('create.remove.section'));
  }

  rows(rows = '') {
    return this.removable(h('div', { class: 'edit-line row-line-edit' },
      field('rows', h('input', { name: 'rows', maxlength: 200, autocomplete: 'off', placeholder: 'A-E', value: rows })),
      field('from', numeric('from', 1, MOST_NUMBER)), field('to', numeric('to', 20, MOST_NUMBER)),
      field('grade', h('select', { name: 'grade' })),
      field('price', numeric('price', '', MOST_PRICE), { hidden: true })), t('create.remove'));
  }

  inventory() {
    return this.removable(h('div', { class: 'edit-line standing-line' },
      field('standing.name', h('input', { name: 'standing-name', maxlength: NAME, required: true, autocomplete: 'off', value: t('standing') })),
      field('quantity', numeric('quantity', 100, MOST_PLACES)), field('price', numeric('price', 80_000, MOST_PRICE))), t('create.remove'));
  }

  /** The grades that there are now, in each row's choice; a row without one has a price of its own. */
  offerGrades(grades) {
    const options = [...grades.filter(grade => grade.code !== '').map(grade => [grade.code, grade.name || grade.code]), ['', t('create.own.price')]];
    for (const line of this.sections.querySelectorAll('.row-line-edit')) {
      const select = line.querySelector('[name=grade]');
      const before = [...select.options].map(option => option.value);
      // A grade whose code is being written anew stays chosen.
      const renamed = before.length === options.length ? options[before.indexOf(select.value)][0] : '';
      const wanted = before.length === 0 ? options[0][0] : options.some(([value]) => value === select.value) ? select.value : renamed;
      replace(select, options.map(([value, label]) => h('option', { value }, label)));
      select.value = wanted;
      line.querySelector('.field.price').hidden = select.value !== '';
    }
  }

  /** What the form says, with what is wrong about it: {body, wrong: [[input, sentence]]}. */
  read() {
    const wrong = [];
    const value = (scope, name) => scope.querySelector(`[name="${name}"]`);
    const text = (scope, name) => {
      const input = value(scope, name);
      const read = input.value.normalize('NFC').trim();
      if (read === '') wrong.push([input, t('create.needed', { what: t(`create.${WORDS[name]}`) })]);
      return read;
    };
    const amount = (scope, name, min, max) => {
      const input = value(scope, name);
      const read = Number(input.value);
      if (input.value === '' || !Number.isInteger(read) || read < min || read > max) {
        wrong.push([input, t('create.number', { what: t(`create.${WORDS[name]}`), min: number(min), max: number(max) })]);
        return null;
      }
      return read;
    };
    const unique = (names, scope, name) => {
      const read = text(scope, name);
      if (read !== '' && names.has(read)) wrong.push([value(scope, name), t('create.twice', { name: read })]);
      names.add(read);
      return read;
    };

    const codes = new Set();
    const grades = [...this.grades.children].map(line => ({ code: unique(codes, line, 'code'), name: text(line, 'grade-name'), price: amount(line, 'price', 0, MOST_PRICE) }));
    const names = new Set();
    const sections = [...this.sections.children].map(panel => {
      const name = unique(names, panel, 'section-name');
      const lines = [...panel.querySelectorAll('.row-line-edit')].map(line => {
        const rows = expandRows(value(line, 'rows').value.normalize('NFC'));
        if (rows === null) wrong.push([value(line, 'rows'), t('create.rows.wrong')]);
        const [from, to] = [amount(line, 'from', 1, MOST_NUMBER), amount(line, 'to', 1, MOST_NUMBER)];
        if (from !== null && to !== null && to < from) wrong.push([value(line, 'to'), t('create.to.wrong')]);
        const grade = value(line, 'grade').value;
        return { line, rows: rows ?? [], from, to, ...(grade === '' ? { price: amount(line, 'price', 0, MOST_PRICE) } : { grade }) };
      });
      if (lines.length === 0) wrong.push([panel.querySelector('.add-rows'), t('create.rows.needed', { name })]);
      for (const { line, rows } of lines) if (rows.length === 0 && lines.length > 1) wrong.push([value(line, 'rows'), t('create.rows.or.one')]);
      return { name, lines };
    });
    const inventories = [...this.standing.children].map(line => ({
      name: unique(names, line, 'standing-name'), quantity: amount(line, 'quantity', 1, MOST_PLACES), price: amount(line, 'price', 0, MOST_PRICE),
    }));
    if (sections.length + inventories.length === 0) wrong.push([document.getElementById('add-section'), t('create.places.needed')]);
    const times = Object.fromEntries(Object.entries(this.times).map(([name, input]) => {
      if (input.value === '') wrong.push([input, t('create.needed', { what: t(`create.${name}`) })]);
      return [name, input.value === '' ? null : withOffset(input.value)];
    }));
    const after = (later, earlier, strictly) => {
      const [a, b] = [Date.parse(times[earlier]), Date.parse(times[later])];
      if (strictly ? a >= b : a > b) wrong.push([this.times[later], t(strictly ? 'create.after' : 'create.not.before', { later: t(`create.${later}`), earlier: t(`create.${earlier}`) })]);
    };
    after('closeAt', 'openAt', true);
    after('bookingEndAt', 'bookingStartAt', true);
    after('closeAt', 'bookingEndAt', false);
    if (Date.parse(times.closeAt) <= now()) wrong.push([this.times.closeAt, t('create.past')]);
    const maxPerUser = this.most.value === '' ? undefined : amount(this.element, 'maxPerUser', 1, MOST_PLACES);
    if (this.concert.value === '' && this.name.value.trim() === '') wrong.push([this.name, t('create.needed', { what: t('create.name') })]);
    return { grades, sections, inventories, times, maxPerUser, wrong };
  }

  changed() {
    const grades = [...this.grades.children].map(line => ({ code: line.querySelector('[name=code]').value.trim(), name: line.querySelector('[name="grade-name"]').value.trim() }));
    this.offerGrades(grades);
    this.drawPreview(this.read());
  }

  drawPreview({ grades, sections, inventories }) {
    const tiers = new Map(grades.map((grade, i) => [grade.code, i]));
    const money = new Map();
    const pay = (name, places, price) => {
      const before = money.get(name) ?? { places: 0, amount: 0 };
      money.set(name, { places: before.places + places, amount: before.amount + places * (price ?? 0) });
    };
    let seats = 0;
    const plans = sections.map(section => {
      const rows = section.lines.flatMap(line => {
        const many = line.from === null || line.to === null ? 0 : Math.max(0, line.to - line.from + 1);
        const times = Math.max(1, line.rows.length);
        const grade = grades.find(one => one.code === line.grade);
        seats += many * times;
        pay(grade ? grade.name || grade.code : t('create.own.price'), many * times, priceOf(line, grades));
        return Array.from({ length: Math.min(times, 400) }, () => ({ seats: many, tier: tiers.get(line.grade) ?? grades.length }));
      });
      return { name: section.name, rows };
    });
    for (const inventory of inventories) pay(inventory.name, inventory.quantity ?? 0, inventory.price);
    const standing = inventories.reduce((sum, inventory) => sum + (inventory.quantity ?? 0), 0);
    const total = [...money.values()].reduce((sum, one) => sum + one.amount, 0);
    replace(this.preview,
      h('p', { class: 'sum' }, h('span', {}, t('create.seats')), h('strong', { id: 'preview-seats' }, number(seats))),
      inventories.length > 0 ? h('p', { class: 'sum' }, h('span', {}, t('create.standing.places')), h('strong', { id: 'preview-standing' }, number(standing))) : null,
      h('p', { class: 'sum' }, h('span', {}, t('create.brings')), h('strong', { id: 'preview-money' }, won(total))),
      seats > MOST_SEATS ? h('p', { class: 'hint' }, t('create.too.many', { most: number(MOST_SEATS) })) : null,
      total > 0 ? bars([...money].filter(([, one]) => one.places > 0).map(([name, one]) => ({ label: t('create.bar', { name, n: number(one.places) }), amount: one.amount, tone: 'other' })), won) : null,
      plans.filter(one => one.rows.length > 0).slice(0, 8).map(one => h('figure', { class: 'plan-place' }, h('figcaption', { class: 'small muted' }, one.name), plan(one.rows))),
      plans.length > 8 ? h('p', { class: 'muted small' }, t('create.more.sections', { n: number(plans.length - 8) })) : null);
  }

  async submit() {
    const read = this.read();
    for (const input of this.element.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    replace(this.errors);
    replace(this.problem);
    if (read.wrong.length > 0) {
      for (const [input] of read.wrong) input.setAttribute('aria-invalid', 'true');
      replace(this.errors, h('ul', { class: 'field-wrong' }, [...new Set(read.wrong.map(([, sentence]) => sentence))].slice(0, 8).map(sentence => h('li', {}, sentence))));
      sayNow(read.wrong[0][1]);
      read.wrong[0][0].focus();
      return;
    }
    await tried(() => this.send(read), this.problem);
  }

  async send({ grades, sections, inventories, times, maxPerUser }) {
    const concert = await this.concertToUse();
    const body = {
      concertId: concert.id, ...times, maxPerUser,
      grades: grades.length > 0 ? grades : undefined,
      sections: sections.map(({ name, lines }) => {
        const range = ({ from, to, price, grade }) => ({ from, to, price, grade });
        return lines.every(line => line.rows.length === 0) ? { name, seats: range(lines[0]) }
          : { name, rows: lines.flatMap(line => line.rows.map(row => ({ row, ...range(line) }))) };
      }),
      inventories,
    };
    const { data } = await staff.command('POST', '/api/admin/schedule', `schedule/${digest(JSON.stringify(body))}`, { body });
    staff.keep({ id: data.id, concertId: concert.id, concertName: concert.name, ...times, salesPaused: false });
    sayPolitely(t('created', { name: concert.name, when: when(times.openAt) }));
    if (!this.signal.aborted) this.go(saleUrl(data.id));
  }

  /** The one that was chosen, or a new one: made once, also when the schedule is refused and sent again. */
  async concertToUse() {
    if (this.concert.value !== '') return { id: this.concert.value, name: this.concerts.get(this.concert.value) };
    const name = this.name.value.normalize('NFC').trim();
    if (!this.made.has(name)) {
      const { data } = await staff.command('POST', '/api/admin/concert', `concert/${name}`, { body: { name } });
      this.made.set(name, data);
    }
    return this.made.get(name);
  }
}

/** The words of each field that can be wrong. */
const WORDS = {
  code: 'code', 'grade-name': 'grade.name', price: 'price', 'section-name': 'section.name', from: 'from', to: 'to',
  'standing-name': 'standing.name', quantity: 'quantity', maxPerUser: 'maxPerUser',
};
