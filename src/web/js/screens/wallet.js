// The balance, topping up, and every entry.

import * as api from '../shared/api.js';
import { h, append, replace, actionButton } from '../shared/dom.js';
import { t, won, here } from '../shared/i18n.js';
import * as session from '../session.js';
import { signIn } from './signin.js';
import { needsToken } from './reservations.js';
import { topUp } from './topup.js';

const PAGE = 20;

export async function show(view, _, context) {
  const { signal, again } = context;
  view.append(h('h1', {}, t('nav.wallet')));
  if (!session.user()) return view.append(signIn(context));
  const { data } = await api.get(`/api/user/check?${new URLSearchParams(session.named())}`, { signal });
  view.append(h('div', { class: 'panel' },
    h('p', { class: 'muted' }, t('balance')), h('p', { class: 'big', id: 'balance' }, won(data.balance)),
    topUp(context, { done: again })));
  view.append(h('h2', {}, t('ledger')));
  if (!session.hasToken()) return view.append(needsToken(context));
  const rows = h('tbody', {});
  const more = h('div', { class: 'actions' });
  const table = h('table', {}, h('thead', {}, h('tr', {}, ['ledger.when', 'ledger.what', 'ledger.amount', 'ledger.after'].map(key => h('th', { scope: 'col' }, t(key))))), rows);
  const page = async continuation => {
    const { data: entries } = await api.get(`/api/user/history?limit=${PAGE}${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`, { signal });
    append(rows, entries.items.map(entry => h('tr', {},
      h('td', {}, here(entry.createdAt)), h('td', {}, t(`ledger.${entry.kind}`)),
      h('td', { class: entry.amount < 0 ? 'amount less' : 'amount' }, `${entry.amount > 0 ? '+' : '−'}${won(Math.abs(entry.amount))}`), h('td', { class: 'amount' }, won(entry.balanceAfter)))));
    replace(more);
    if (entries.continuation) more.append(actionButton(t('show.more'), () => page(entries.continuation), { class: 'button quiet' }));
    return entries;
  };
  const first = await page(null);
  view.append(first.items.length > 0 ? table : h('p', { class: 'muted' }, t('ledger.none')), more);
}
