// Receivers of events, and what they did not take.

import { h, append, replace, sayPolitely } from '../../js/shared/dom.js';
import { t, here, number } from '../../js/shared/i18n.js';
import { act } from '../actions.js';
import * as staff from '../staff.js';

const PAGE = 20;

export async function show(view, _, { signal }) {
  view.append(h('div', { class: 'heading' }, h('h1', {}, t('nav.webhooks')), h('p', { class: 'lead' }, t('webhooks.how'))));
  const { data: receivers } = await staff.get('/api/admin/webhook', { signal });
  if (receivers.length === 0) return view.append(h('p', { class: 'empty' }, t('webhooks.none')));
  for (const receiver of receivers) view.append(await card(receiver, signal));
}

async function card(receiver, signal) {
  const url = `/api/admin/webhook/${encodeURIComponent(receiver.id)}`;
  const problem = h('div', { class: 'problems' });
  const list = h('ul', { class: 'letter-list' });
  const more = h('div', { class: 'actions' });
  const all = h('div', { class: 'actions' });

  const page = async continuation => {
    const { data } = await staff.get(`${url}/failures?limit=${PAGE}${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`, { signal });
    if (!continuation) list.replaceChildren();
    append(list, data.items.map(entry));
    more.replaceChildren();
    if (data.continuation) more.append(act(t('show.more'), () => page(data.continuation), problem, { class: 'button quiet' }));
    replace(all, list.childElementCount === 0 ? h('p', { class: 'fine' }, t('webhooks.fine')) : act(t('send.all.again'), () => resend(null), problem, { class: 'button send-all' }));
  };

  const resend = async ids => {
    const { data } = await staff.command('POST', `${url}/resend`, `resend/${receiver.id}/${ids?.join(',') ?? 'all'}`, { body: ids ? { ids } : {} });
    sayPolitely(t('webhooks.sent', { n: number(data.resent) }));
    await page(null);
  };

  const entry = failure => {
    const beside = h('div', { class: 'problems' });
    return h('li', { class: 'letter' },
      h('div', { class: 'grow' }, h('strong', {}, failure.event), h('p', {}, t('webhooks.fault', { n: number(failure.attempts), fault: failure.fault ?? t('not.known') })),
        h('p', { class: 'muted small' }, `${here(failure.at)} · ${failure.about}`)),
      h('div', { class: 'actions' }, act(t('send.again'), () => resend([failure.id]), beside, { class: 'button quiet send-again' })), beside);
  };

  await page(null);
  return h('section', { class: 'panel receiver', 'aria-label': receiver.url },
    h('h2', {}, receiver.url), h('p', { class: 'muted small' }, t('webhooks.since', { when: here(receiver.createdAt), events: receiver.events.join(', ') })), all, problem, list, more);
}
