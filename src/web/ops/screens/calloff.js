// Calling a performance off: asked for twice, then watched to its end.

import { h, replace, actionButton, sayPolitely } from '../../js/shared/dom.js';
import { t, won, number, here } from '../../js/shared/i18n.js';
import { say, tried } from '../actions.js';
import { stack, swatch } from '../charts.js';
import * as staff from '../staff.js';

const ROUND = 2;
const MOST_REASON = 200;

/** Asks for the reason and the concert's name, and calls off. @param done is called with the answer. */
export function callOff(schedule, signal, done) {
  const reason = h('input', { id: 'reason', required: true, maxlength: MOST_REASON, autocomplete: 'off' });
  const name = h('input', { id: 'confirm-name', required: true, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'confirm-how' });
  const wrong = h('p', { class: 'field-wrong', id: 'confirm-wrong', role: 'alert' });
  const problem = h('div', { class: 'problems' });
  const say = (text, field) => {
    wrong.textContent = text;
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  };
  const go = async () => {
    for (const field of [reason, name]) field.removeAttribute('aria-invalid');
    wrong.textContent = '';
    const why = reason.value.normalize('NFC').trim();
    if (why === '') return say(t('call.off.reason.needed'), reason);
    if (name.value.normalize('NFC').trim() !== schedule.concertName.normalize('NFC').trim()) return say(t('call.off.name.wrong'), name);
    await tried(async () => {
      const { data } = await staff.command('POST', staff.scheduleUrl(schedule.id, '/call-off'), `call-off/${schedule.id}`, { body: { reason: why } });
      dialog.close();
      sayPolitely(t('called.off'));
      await done(data);
    }, problem);
  };
  const button = actionButton(t('call.off.go'), go, { id: 'call-off-go', class: 'button danger' });
  const dialog = h('dialog', { 'aria-labelledby': 'call-off-title' },
    h('h2', { id: 'call-off-title' }, t('call.off')),
    h('p', {}, t('call.off.how')),
    h('form', { class: 'stack', novalidate: true, onsubmit: event => event.preventDefault() },
    h('label', { for: 'reason' }, t('call.off.reason')), reason,
    h('label', { for: 'confirm-name' }, t('call.off.name')), h('p', { class: 'muted', id: 'confirm-how' }, schedule.concertName), name,
    wrong, problem,
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button quiet', onclick: () => dialog.close() }, t('keep')), button)));
  const opener = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
  });
  signal.addEventListener('abort', () => dialog.remove(), { once: true });
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}

/** How far a call-off has come, until it has ended. */
export function progress(place, id, signal) {
  let wasFinished = null;
  staff.poll(async () => {
    const { data } = await staff.call('GET', staff.scheduleUrl(id, '/report'), { signal });
    if (!data.callOff) return ROUND;
    const { at, reason, total, ended, refunded, refundedAmount, left, finishedAt } = data.callOff;
    const isFinished = Boolean(finishedAt);
    if (isFinished && wasFinished === false) sayPolitely(t('call.off.finished', { when: here(finishedAt) }));
    wasFinished = isFinished;
    replace(place, h('section', { class: 'call-off', id: 'call-off-progress', 'data-finished': String(isFinished), 'aria-label': t('call.off.progress') },
      h('p', {}, t('call.off.since', { when: here(at), reason })),
      stack([['sold', refunded], ['held', ended], ['available', left]], { height: 22 }),
      h('ul', { class: 'legend' },
        h('li', {}, swatch('sold'), h('span', {}, t('call.off.refunded', { amount: won(refundedAmount) })), h('strong', {}, number(refunded))),
        h('li', {}, swatch('held'), h('span', {}, t('call.off.ended')), h('strong', {}, number(ended))),
        h('li', {}, swatch('available'), h('span', {}, t('call.off.left')), h('strong', {}, number(left)))),
      h('p', { class: isFinished ? 'fine' : 'muted' }, isFinished ? t('call.off.finished', { when: here(finishedAt) }) : t('call.off.going', { n: number(total) }))));
    return isFinished ? null : ROUND;
  }, signal, { failed: problem => say(problem, place) });
}
