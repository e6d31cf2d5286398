// Who has what: page by page, or the whole list as a file.

import { h, append, sayPolitely } from '../../js/shared/dom.js';
import { t, won, here, number } from '../../js/shared/i18n.js';
import { act } from '../actions.js';
import * as staff from '../staff.js';
import { heading, label } from './sale.js';

const PAGE = 50;
const STATUSES = ['CONFIRMED', 'HELD', 'PAYING', 'CANCELLED', 'EXPIRED'];
const CSV = 'text/csv';

/** A list of a million buyers is sent as it is read, and kept by the browser until it is saved. */
const CSV_TIMEOUT = 30 * 60_000;

export async function show(view, { id }, { signal }) {
  await heading(view, id, 'buyers', signal);
  const problem = h('div', { class: 'problems' });
  const rows = h('tbody', {});
  const more = h('div', { class: 'actions' });
  const none = h('p', { class: 'empty', hidden: true }, t('buyers.none'));
  const table = h('div', { class: 'table-scroll', role: 'region', tabindex: 0, 'aria-label': t('buyers') }, h('table', { class: 'buyers' },
    h('thead', {}, h('tr', {}, ['user', 'places', 'status', 'total', 'when', 'used'].map(name => h('th', { scope: 'col' }, t(`buyers.${name}`))))), rows));
  const names = await inventoryNames(id, signal);
  let status = 'CONFIRMED';
  let turn = 0;

  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': t('buyers.filter') }, ['', ...STATUSES].map(one => h('button', {
    type: 'button', class: 'chip', 'data-status': one, 'aria-pressed': String(one === status), onclick: event => {
      status = one;
      for (const chip of event.currentTarget.parentNode.children) chip.setAttribute('aria-pressed', String(chip === event.currentTarget));
      first.click();
    },
  }, one === '' ? t('buyers.all') : t(`status.${one}`))));

  const query = () => status === '' ? '' : `status=${status}`;

  const page = async (continuation, mine) => {
    const { data } = await staff.get(staff.scheduleUrl(id, `/reservations?limit=${PAGE}&${query()}${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`), { signal });
    if (mine !== turn) return;
    if (!continuation) rows.replaceChildren();
    append(rows, data.items.map(reservation => row(reservation, names)));
    more.replaceChildren();
    // A page may be empty and have another behind it.
    if (data.continuation) more.append(act(t('show.more'), () => page(data.continuation, mine), problem, { class: 'button quiet', id: 'more' }));
    none.hidden = rows.childElementCount > 0 || Boolean(data.continuation);
    table.hidden = rows.childElementCount === 0;
    if (data.items.length === 0 && data.continuation) await page(data.continuation, mine);
  };

  const first = act(t('refresh'), () => page(null, ++turn), problem, { class: 'button quiet', id: 'refresh' });
  const save = act(t('csv'), async () => {
    const { data } = await staff.call('GET', staff.scheduleUrl(id, `/reservations?${query()}`), { signal, accept: CSV, timeout: CSV_TIMEOUT });
    const url = URL.createObjectURL(data);
    const link = h('a', { href: url, download: `reservations-${id}${status === '' ? '' : `-${status.toLowerCase()}`}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    sayPolitely(t('csv.done', { size: number(Math.max(1, Math.round(data.size / 1024))) }));
  }, problem, { id: 'csv', 'aria-describedby': 'csv-how' });

  view.append(h('div', { class: 'row list-tools' }, h('div', { class: 'grow' }, chips), h('div', { class: 'actions' }, first, save)),
    h('p', { class: 'muted small', id: 'csv-how' }, t('csv.how')), problem, none, table, more);
  await page(null, ++turn);
}

/** A reservation of standing places has the inventory's id and not its name. */
async function inventoryNames(id, signal) {
  const { data } = await staff.get(staff.scheduleUrl(id, '/seats?include=sections'), { signal });
  return new Map(data.inventories.map(inventory => [inventory.id, inventory.name]));
}

function row(reservation, names) {
  const { seats, quantity, inventoryId, status, reason, usedAt, cancellation } = reservation;
  const where = seats.length > 0 ? `${seats[0].section}: ${seats.map(label).join(', ')}` : t('buyers.standing', { name: names.get(inventoryId) ?? '', n: number(quantity ?? 0) });
  return h('tr', { 'data-reservation': reservation.id },
    h('th', { scope: 'row' }, reservation.userId), h('td', {}, where),
    h('td', {}, h('span', { class: ['badge', { CONFIRMED: 'open', HELD: 'soon', PAYING: 'soon' }[status]] }, reason === 'called-off' ? t('state.off') : t(`status.${status}`))),
    h('td', { class: 'amount' }, reservation.totalAmount === null || reservation.totalAmount === undefined ? '' : won(reservation.totalAmount),
      cancellation?.refundAmount ? h('span', { class: 'muted small' }, t('buyers.refunded', { amount: won(cancellation.refundAmount) })) : null),
    h('td', {}, here(reservation.createdAt)), h('td', {}, usedAt ? here(usedAt) : ''));
}
