// Pictures of numbers, as SVG. Kinds differ in pattern and dash as well as in colour; whoever cannot see them reads the label.

import { h, s, replace } from '../js/shared/dom.js';

const WIDTH = 300;
const GAP = 10_000;

/** What each kind of place is drawn with, solid to empty. */
export const PLACES = ['sold', 'held', 'blocked', 'available'];

const fillOf = kind => kind === 'held' || kind === 'blocked' ? `url(#fill-${kind})` : null;

/** The patterns that the pictures of places are filled with: once in a page that has them. */
export const patterns = () => s('svg', { class: 'patterns', width: 0, height: 0, 'aria-hidden': 'true', focusable: 'false' }, s('defs', {},
  s('pattern', { id: 'fill-held', width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    s('rect', { class: 'held-under', width: 7, height: 7 }), s('rect', { class: 'held-over', width: 3.5, height: 7 })),
  s('pattern', { id: 'fill-blocked', width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
    s('rect', { class: 'blocked-under', width: 8, height: 8 }), s('path', { class: 'blocked-over', d: 'M0 0L8 8M8 0L0 8' }))));

const piece = (kind, from, share, extra = {}) => s('rect', { class: `piece ${kind}`, x: `${100 * from}%`, width: `${100 * share}%`, height: '100%', fill: fillOf(kind), ...extra });

/** One bar of several parts that follow each other. @param parts [[kind, amount]] */
export function stack(parts, { height = 26, total = parts.reduce((sum, [, amount]) => sum + amount, 0) } = {}) {
  let from = 0;
  return s('svg', { class: 'stack-bar', width: '100%', height, 'aria-hidden': 'true', focusable: 'false' }, parts.map(([kind, amount]) => {
    const share = total > 0 ? Math.max(0, amount) / total : 0;
    const drawn = share > 0 ? piece(kind, from, share) : null;
    from += share;
    return drawn;
  }));
}

/** A legend's sample of a kind of place. */
export const swatch = kind => s('svg', { class: 'swatch', width: 18, height: 18, 'aria-hidden': 'true', focusable: 'false' }, piece(kind, 0, 1));

/** Amounts beside each other, the largest first. @param rows [{label, amount, tone}] */
export function bars(rows, text) {
  const most = Math.max(1, ...rows.map(row => row.amount));
  return h('ul', { class: 'bars' }, rows.map(row => h('li', {},
    h('span', { class: 'bar-label' }, row.label), h('span', { class: 'bar-amount' }, text(row.amount)),
    s('svg', { class: `bar-line ${row.tone}`, width: '100%', height: 12, 'aria-hidden': 'true', focusable: 'false' },
      s('rect', { width: `${Math.max(0.5, 100 * row.amount / most)}%`, height: '100%', rx: 3 })))));
}

/**
 * Lines over the time, the newest at the right. One series is filled below.
 */
export class Lines {
  /** @param names classes of the series, drawn in this order. */
  constructor(names, { height }) {
    Object.assign(this, { names, height });
    this.paths = names.map(name => s('path', { class: `series ${name}`, 'vector-effect': 'non-scaling-stroke' }));
    this.area = names.length === 1 ? s('path', { class: `area ${names[0]}` }) : null;
    this.element = s('svg', { class: 'lines', role: 'img', viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: 'none', width: '100%', height },
      s('path', { class: 'base', d: `M0 ${height - 0.5}H${WIDTH}`, 'vector-effect': 'non-scaling-stroke' }), this.area, this.paths);
  }

  /** @param samples [{at, [name]}] in order of time. @param span how long is shown, milliseconds. @param label for screen readers. Returns the most that is drawn. */
  draw(samples, span, label) {
    const end = samples.at(-1)?.at ?? 0;
    const most = Math.max(1, ...this.names.flatMap(name => samples.map(sample => sample[name] ?? 0)));
    this.names.forEach((name, i) => {
      const runs = this.#runs(samples, name, { end, most, span });
      this.paths[i].setAttribute('d', runs.map(run => `M${run.map(([x, y]) => `${x} ${y}`).join('L')}`).join(''));
      this.area?.setAttribute('d', runs.map(run => `M${run[0][0]} ${this.height}L${run.map(([x, y]) => `${x} ${y}`).join('L')}V${this.height}Z`).join(''));
    });
    this.element.setAttribute('aria-label', label);
    return most;
  }

  /** Parts without a gap: what was not measured is not drawn. */
  #runs(samples, name, { end, most, span }) {
    const runs = [];
    let before = -Infinity;
    for (const sample of samples) {
      if (sample[name] === null || sample[name] === undefined) continue;
      const point = [round(WIDTH * (1 - (end - sample.at) / span)), round(2 + (this.height - 4) * (1 - sample[name] / most))];
      if (sample.at - before > GAP) runs.push([point]);
      else runs.at(-1).push(point);
      before = sample.at;
    }
    // One point alone is a short stroke.
    return runs.map(run => run.length > 1 ? run : [run[0], [run[0][0] + 1, run[0][1]]]);
  }
}

const round = n => Math.round(n * 10) / 10;

/** A plan in small: a line for each row, as long as it has seats. @param rows [{seats, tier}] */
export function plan(rows) {
  const longest = Math.max(1, ...rows.map(row => row.seats));
  const pitch = Math.max(2, Math.min(9, 260 / rows.length));
  const height = Math.ceil(rows.length * pitch);
  return s('svg', { class: 'plan', width: '100%', height, 'aria-hidden': 'true', focusable: 'false' }, rows.map((row, i) => s('rect', {
    class: `row-line tier-${row.tier % 6}`, x: `${50 - 50 * row.seats / longest}%`, y: i * pitch, width: `${100 * row.seats / longest}%`, height: pitch * 0.75, rx: 1,
  })));
}

/** Draws only what differs from before, so that focus and reading are not disturbed. */
export class Place {
  constructor(tag = 'div', props = {}) {
    this.element = h(tag, props);
    this.drawn = null;
  }

  /** @param facts what the drawing depends on. @param draw answers its elements. */
  show(facts, draw) {
    const text = JSON.stringify(facts);
    if (text === this.drawn) return;
    this.drawn = text;
    replace(this.element, draw());
  }
}
