// What went wrong, in the reader's words, with a way on.

import { h, append, actionButton, sayNow } from './dom.js';
import { sentence, t } from './i18n.js';
import { everyMoment, now } from './clock.js';

/**
 * A box with the sentence of a code and what can be done. @param ways buttons or links. @param retry is called by a button, which waits as long as the
 * service asked to.
 */
export function problemBox(problem, { ways = [], retry = null } = {}) {
  const [what, how] = sentence(problem.code);
  const box = h('div', { class: 'problem', 'data-code': problem.code },
    h('p', { class: 'problem-what' }, what),
    h('p', { class: 'problem-how' }, how),
    problem.code === 'invalid-request' && problem.message ? h('p', { class: 'problem-detail' }, problem.message) : null);
  const actions = h('div', { class: 'actions' });
  if (retry) append(actions, [retryButton(retry, problem.retryAfter)]);
  append(actions, ways);
  if (actions.childNodes.length > 0) box.append(actions);
  sayNow(`${what} ${how}`);
  return box;
}

function retryButton(retry, seconds) {
  const button = actionButton(t('again'), retry);
  if (seconds > 1) {
    const until = now() + seconds * 1000;
    button.setAttribute('aria-disabled', 'true');
    const stop = everyMoment(moment => {
      const left = Math.ceil((until - moment) / 1000);
      button.textContent = left > 0 ? t('again.in', { n: left }) : t('again');
      if (left <= 0) {
        button.removeAttribute('aria-disabled');
        stop?.();
      }
    });
  }
  return button;
}
