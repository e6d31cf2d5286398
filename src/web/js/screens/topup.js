// Topping the wallet up: one intent is one charge, whatever is pressed, reloaded or lost.

import * as api from '../shared/api.js';
import * as intents from '../shared/intents.js';
import { h, replace, actionButton, sayPolitely } from '../shared/dom.js';
import { t, won, number } from '../shared/i18n.js';
import { problemBox } from '../shared/problems.js';
import * as session from '../session.js';

const MOST = 10_000_000;
const CHIPS = [50_000, 100_000, 300_000];

/** @param needed what lacks, won; 0 for any amount. @param done is called after a charge. */
export function topUp({ signal }, { needed = 0, done }) {
  const input = h('input', { id: 'amount', type: 'text', inputmode: 'numeric', autocomplete: 'off', value: needed > 0 ? number(needed) : '' });
  const problem = h('div', {});
  const amount = () => Number(input.value.replace(/\D/g, ''));
  const set = n => { input.value = n > 0 ? number(n) : ''; };
  input.addEventListener('input', () => set(Math.min(amount(), 10 * MOST)));

  const charge = (amount, intent) =>
    api.command('POST', '/api/user/charge', intent, { body: { ...session.named(), amount } });
  const refuse = (fault, retry) => {
    if (!(fault instanceof api.Problem)) throw fault;
    if (!signal.aborted) replace(problem, problemBox(fault, { retry: ['offline', 'unavailable', 'too-many-requests'].includes(fault.code) ? retry : null }));
  };
  const go = async () => {
    replace(problem);
    const wanted = amount();
    if (wanted < 1 || wanted > MOST) {
      replace(problem, h('p', { class: 'field-wrong' }, t('amount.wrong', { most: won(MOST) })));
      input.focus();
      return;
    }
    try {
      await charge(wanted, `charge/${session.user()}/${wanted}`);
      sayPolitely(t('charged', { amount: won(wanted) }));
      await done();
    } catch (fault) {
      refuse(fault, go);
    }
  };

  const button = actionButton(t('charge'), go, { id: 'charge' });

  // A charge whose answer never came: asked again under its key, so that it happens once.
  const [open] = intents.open(`charge/${session.user()}/`);
  if (open) {
    const wanted = Number(open.split('/').at(-1));
    const again = () => charge(wanted, open).then(done, fault => refuse(fault, again));
    replace(problem, h('p', { class: 'loading' }, t('charge.asking', { amount: won(wanted) })));
    again();
  }

  return h('form', { class: 'topup', novalidate: true, onsubmit: event => {
    event.preventDefault();
    button.click();
  } },
  needed > 0 ? h('p', { class: 'lacks' }, t('lacks', { amount: won(needed) })) : null,
  h('label', { for: 'amount' }, t('amount')),
  h('div', { class: 'chips' }, [...new Set([needed, ...CHIPS])].filter(n => n > 0).map(n =>
    h('button', { type: 'button', class: 'chip', onclick: () => set(n) }, won(n)))),
  h('div', { class: 'row' }, input, button), problem);
}
