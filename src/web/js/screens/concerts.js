// What is on sale.

import * as api from '../shared/api.js';
import { h, replace } from '../shared/dom.js';
import { t, when, duration } from '../shared/i18n.js';
import { now } from '../shared/clock.js';
import { problemBox } from '../shared/problems.js';
import { poster } from '../poster.js';

const ROUND = 15;

export async function show(view, _, { signal, again }) {
  view.append(h('h1', {}, t('concerts')), h('p', { class: 'lead' }, t('concerts.lead')));
  const list = h('div', { class: 'loading' }, t('loading'));
  view.append(list);
  let drawn = '';
  let first;
  const shown = new Promise(resolve => { first = resolve; });
  api.poll(async () => {
    const { data } = await api.call('GET', '/api/concert', { signal, token: null });
    const text = JSON.stringify(data);
    if (text !== drawn) draw(list, data);
    drawn = text;
    first();
    const next = Math.min(...data.filter(concert => concert.nextOpeningAt).map(concert => (Date.parse(concert.nextOpeningAt) - now()) / 1000));
    return Math.min(ROUND, Math.max(1, next + 0.5));
  }, signal, {
    failed: problem => {
      replace(list, problemBox(problem, { retry: again }));
      first();
    },
  });
  await Promise.race([shown, api.pause(2, signal)]);
}

function draw(list, concerts) {
  list.className = 'cards';
  if (concerts.length === 0) {
    list.className = 'empty';
    return replace(list, h('p', {}, t('concerts.none')));
  }
  replace(list, concerts.map(concert => h('a', { class: 'card concert', href: `#/concert/${encodeURIComponent(concert.id)}` },
    poster(concert.id),
    h('span', { class: 'card-text' },
      h('strong', { class: 'card-title' }, concert.name),
      concert.isOpen ? h('span', { class: 'badge open' }, t('concert.open'))
        : concert.nextOpeningAt ? h('span', { class: 'badge' }, t('concert.opens', { when: when(concert.nextOpeningAt) })) : h('span', { class: 'badge' }, t('concert.closed')),
      !concert.isOpen && concert.nextOpeningAt
        ? h('span', { class: 'muted' }, t('concert.in', { time: duration((Date.parse(concert.nextOpeningAt) - now()) / 1000) })) : null))));
}
