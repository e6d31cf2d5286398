// Every performance, the newest first.

import { h, append } from '../../js/shared/dom.js';
import { t, when, here } from '../../js/shared/i18n.js';
import { act } from '../actions.js';
import * as staff from '../staff.js';
import { badge, saleUrl } from './sale.js';

const PAGE = 30;

export async function show(view, _, { signal }) {
  view.append(
    h('div', { class: 'heading row' }, h('h1', { class: 'grow' }, t('schedules')), h('a', { class: 'button', href: '#/new' }, t('nav.new'))));
  const list = h('ul', { class: 'schedules' });
  const more = h('div', { class: 'actions' });
  const problem = h('div', { class: 'problems' });
  view.append(list, more, problem);
  const page = async continuation => {
    const { items, continuation: next } = await staff.schedules(continuation, signal, PAGE);
    append(list, items.map(entry));
    more.replaceChildren();
    if (next) more.append(act(t('show.more'), () => page(next), problem, { class: 'button quiet' }));
    return items;
  };
  const first = await page(null);
  if (first.length === 0) list.replaceWith(h('div', { class: 'empty' }, h('p', {}, t('schedules.none')), h('a', { class: 'button', href: '#/new' }, t('nav.new'))));
}

const entry = schedule => h('li', {}, h('a', { class: 'card row', href: saleUrl(schedule.id), 'data-schedule': schedule.id },
  h('span', { class: 'grow' }, h('strong', { class: 'card-title' }, schedule.concertName), h('span', { class: 'muted' }, when(schedule.openAt)),
    h('span', { class: 'muted small' }, t('booking.window', { from: here(schedule.bookingStartAt), to: here(schedule.bookingEndAt) }))),
  badge(schedule)));
