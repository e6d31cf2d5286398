// Who buys: a name on this machine, the platform's login in Azure.

import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import * as session from '../session.js';

export function signIn({ settings, again }) {
  if (session.isPlatform()) {
    return h('div', { class: 'panel' },
      h('h2', {}, t('sign.in')), h('p', {}, t('sign.in.platform')),
      h('button', { type: 'button', class: 'button', onclick: () => session.goToPlatform(settings) }, t('sign.in.go')));
  }
  const input = h('input', { id: 'name', name: 'name', required: true, maxlength: 64, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' });
  const wrong = h('p', { class: 'field-wrong', id: 'name-wrong' });
  return h('form', {
    class: 'panel',
    novalidate: true,
    onsubmit: event => {
      event.preventDefault();
      const name = input.value.normalize('NFC').trim();
      if (name.length === 0) {
        wrong.textContent = t('name.needed');
        input.setAttribute('aria-invalid', 'true');
        input.setAttribute('aria-describedby', 'name-wrong');
        input.focus();
        return;
      }
      session.signIn(name);
      again();
    },
  },
  h('h2', {}, t('sign.in')),
  h('label', { for: 'name' }, t('name')), input, wrong,
  h('p', { class: 'muted' }, t('name.hint')),
  h('button', { class: 'button', type: 'submit' }, t('continue')));
}
