// One section as an SVG: rows and labels as printed, grades by colour and by shape, a keyboard grid for who has no mouse.

import { h, s } from './shared/dom.js';
import { t, won } from './shared/i18n.js';

const PITCH = 32;
const SIZE = 26;
const LABEL = 26;
const COLUMNS = 20;

// Grades differ in shape, too: a colour alone is not seen by everybody. In a square of 26.
const SHAPES = [
  'M5 0h16a5 5 0 0 1 5 5v16a5 5 0 0 1-5 5H5a5 5 0 0 1-5-5V5a5 5 0 0 1 5-5z',
  'M13 0a13 13 0 1 1 0 26a13 13 0 1 1 0-26z',
  'M8 0h10l8 8v10l-8 8H8l-8-8V8z',
  'M6.5 1.5h13L26 13l-6.5 11.5h-13L0 13z',
  'M13 0l13 9v17H0V9z',
  'M0 0h26v19l-13 7L0 19z',
];

const shapeOf = tier => SHAPES[tier % SHAPES.length];

/** A legend's sample of a grade or a state. */
export const sample = (tier, state = '') => s('svg', { class: `sample tier-${tier % SHAPES.length} ${state}`, viewBox: '-2 -2 30 30', width: 22, height: 22, 'aria-hidden': 'true', focusable: 'false' },
  s('path', { class: 'place', d: shapeOf(tier) }), mark(state));

const mark = state => state === 'SOLD' || state === 'HELD' || state === 'BLOCKED' ? s('path', { class: 'mark', d: 'M8 8l10 10M18 8L8 18' }) : null;

export class SeatMap {
  /**
   * @param name the section's. @param tierOf the index of a seat's grade or price. @param gradeName what a grade is called.
   * @param toggle is called with a seat that was chosen or given up. @param canChoose which seats can be: a buyer's are the free ones.
   */
  constructor(name, { tierOf, gradeName, toggle, canChoose = seat => seat.status === 'AVAILABLE' }) {
    Object.assign(this, { name, tierOf, gradeName, toggle, canChoose, seats: new Map(), selected: new Set(), flags: new Map() });
    this.scroll = h('div', { class: 'map-scroll' });
    this.element = this.scroll;
    this.scale = 1;
  }

  /** Draws anew where the seats differ; else only changes what stands otherwise now. */
  show(seats) {
    if (seats.length === this.seats.size && seats.every(seat => this.seats.has(seat.id))) {
      for (const seat of seats) this.#update(seat);
    } else {
      this.#draw(seats);
    }
  }

  select(ids) {
    const before = this.selected;
    this.selected = new Set(ids);
    for (const id of new Set([...before, ...this.selected])) this.#dress(this.seats.get(id));
  }

  /** Marks seats: LOST for one that somebody else took, OFFER for free ones instead. */
  flag(ids, flag) {
    const before = [...this.flags.keys()].filter(id => this.flags.get(id) === flag);
    before.forEach(id => this.flags.delete(id));
    ids.forEach(id => this.flags.set(id, flag));
    for (const id of new Set([...before, ...ids])) this.#dress(this.seats.get(id));
  }

  zoom(scale) {
    this.scale = scale;
    this.svg?.setAttribute('width', Math.round(this.width * scale));
    this.svg?.setAttribute('height', Math.round(this.height * scale));
  }

  /** The scale at which the section fits, but no seat is too small to be touched. */
  fit() {
    const room = this.scroll.clientWidth;
    this.zoom(room > 0 ? Math.max(0.75, Math.min(1.25, room / this.width)) : 1);
  }

  row(id) {
    const { line } = this.seats.get(id) ?? {};
    return line ? line.map(cell => cell.seat) : [];
  }

  #draw(seats) {
    this.seats.clear();
    const lines = rows(seats);
    const columns = Math.max(...lines.map(line => line.seats.length));
    const hasRows = lines.some(line => line.row !== null);
    const side = hasRows ? LABEL : 6;
    this.width = columns * PITCH + 2 * side;
    this.height = lines.length * PITCH + 8;
    this.lines = [];
    this.svg = s('svg', {
      class: 'seats', role: 'grid', 'aria-multiselectable': 'true', 'aria-label': t('map.label', { section: this.name }),
      viewBox: `0 0 ${this.width} ${this.height}`, width: this.width, height: this.height,
    }, lines.map((line, y) => {
      const from = side + (columns - line.seats.length) * PITCH / 2;
      const cells = line.seats.map((seat, x) => this.#cell(seat, y, from + x * PITCH, y * PITCH + 4));
      this.lines.push(cells);
      cells.forEach(cell => { cell.line = cells; });
      const label = at => line.row === null ? null : s('text', { class: 'row-label', x: at, y: y * PITCH + 4 + SIZE / 2, 'aria-hidden': 'true' }, line.row);
      return s('g', { role: 'row', 'aria-label': line.row === null ? t('map.line', { n: y + 1 }) : t('map.row', { row: line.row }) },
        label(from - 14), cells.map(cell => cell.element), label(from + line.seats.length * PITCH + 12));
    }));
    this.svg.addEventListener('click', event => this.#choose(this.#at(event.target)));
    this.svg.addEventListener('keydown', event => this.#key(event));
    this.#rove(this.lines.flat().find(cell => this.canChoose(cell.seat)) ?? this.lines[0][0]);
    this.scroll.replaceChildren(this.svg);
    this.zoom(this.scale);
  }

  #cell(seat, y, x, top) {
    const tier = this.tierOf(seat);
    const element = s('g', { class: 'seat', role: 'gridcell', tabindex: -1, transform: `translate(${x + (PITCH - SIZE) / 2} ${top})` },
      s('path', { class: 'place', d: shapeOf(tier) }),
      s('text', { class: seat.seatNumber.length > 3 ? 'number long' : 'number', x: SIZE / 2, y: SIZE / 2, 'aria-hidden': 'true' }, seat.seatNumber));
    const cell = { seat, element, tier: tier % SHAPES.length, y, x };
    element.cell = cell;
    this.seats.set(seat.id, cell);
    this.#dress(cell);
    return cell;
  }

  #update(seat) {
    const cell = this.seats.get(seat.id);
    if (cell.seat.status === seat.status && cell.seat.price === seat.price) return;
    cell.seat = seat;
    this.#dress(cell);
  }

  /** The looks and the words of one seat, as it stands. */
  #dress(cell) {
    if (!cell) return;
    const { seat, element } = cell;
    const isMine = this.selected.has(seat.id);
    const flag = this.flags.get(seat.id);
    element.setAttribute('class', ['seat', `tier-${cell.tier}`, isMine ? 'MINE' : seat.status, flag].filter(Boolean).join(' '));
    element.setAttribute('aria-selected', String(isMine));
    element.setAttribute('aria-disabled', String(!isMine && !this.canChoose(seat)));
    const parts = [
      seat.row ? t('map.row', { row: seat.row }) : null, t('map.seat', { seat: seat.seatNumber }), seat.grade ? this.gradeName(seat.grade) : null, won(seat.price),
      isMine ? t('seat.MINE') : t(`seat.${seat.status}`), flag ? t(`seat.${flag}`) : null,
    ];
    element.setAttribute('aria-label', parts.filter(Boolean).join(', '));
    const had = element.querySelector('.mark');
    const wanted = isMine ? null : mark(seat.status);
    if (had && !wanted) had.remove();
    if (!had && wanted) element.append(wanted);
  }

  #at(target) {
    return target.closest?.('.seat')?.cell ?? null;
  }

  #choose(cell) {
    if (!cell) return;
    this.#rove(cell);
    if (this.selected.has(cell.seat.id) || this.canChoose(cell.seat)) this.toggle(cell.seat);
  }

  /** One seat can be reached by Tab; the arrows go on from there. */
  #rove(cell) {
    this.roving?.element.setAttribute('tabindex', '-1');
    this.roving = cell;
    cell.element.setAttribute('tabindex', '0');
  }

  #key(event) {
    const cell = this.#at(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const line = this.lines[cell.y];
    const at = line.indexOf(cell);
    const nearest = y => this.lines[y]?.reduce((best, other) => Math.abs(other.x - cell.x) < Math.abs(best.x - cell.x) ? other : best);
    const to = {
      ArrowRight: () => line[at + 1], ArrowLeft: () => line[at - 1],
      ArrowDown: () => nearest(cell.y + 1), ArrowUp: () => nearest(cell.y - 1),
      Home: () => line[0], End: () => line.at(-1),
      PageDown: () => nearest(Math.min(this.lines.length - 1, cell.y + 5)), PageUp: () => nearest(Math.max(0, cell.y - 5)),
    }[event.key];
    if (to) {
      event.preventDefault();
      const next = to();
      if (next) {
        this.#rove(next);
        next.element.focus();
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#choose(cell);
    }
  }
}

/** The rows as printed; a section without rows is broken into lines that fit. */
function rows(seats) {
  const lines = [];
  for (const seat of seats) {
    const row = seat.row ?? null;
    const last = lines.at(-1);
    if (last && last.row === row && (row !== null || last.seats.length < COLUMNS)) last.seats.push(seat);
    else lines.push({ row, seats: [seat] });
  }
  return lines;
}

/** Free seats near those that were lost, which the map may still show as free: side by side in the row of the first where there are enough, the nearest first. */
export function neighbours(row, lostIds, count) {
  const at = row.findIndex(seat => seat.id === lostIds[0]);
  let best = null;
  for (let from = 0; from + count <= row.length; from++) {
    const run = row.slice(from, from + count);
    if (!run.every(seat => seat.status === 'AVAILABLE' && !lostIds.includes(seat.id))) continue;
    const distance = Math.abs(from + (count - 1) / 2 - at);
    if (!best || distance < best.distance) best = { run, distance };
  }
  return best?.run ?? [];
}
