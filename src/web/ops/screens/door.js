// The door: a ticket is scanned or typed, and lets its people in once.

import * as api from '../../js/shared/api.js';
import { h, replace, sayNow } from '../../js/shared/dom.js';
import { t, here, number, sentence } from '../../js/shared/i18n.js';
import * as staff from '../staff.js';
import { heading, label } from './sale.js';

/** The camera looks that often, milliseconds. */
const LOOK = 150;

/** The same code that is still in view is not asked about again. */
const SAME = 4000;

const KEPT = 12;

export async function show(view, { id }, { signal }) {
  const schedule = await heading(view, id, 'door', signal);
  const input = h('input', { id: 'code', autocomplete: 'off', autocapitalize: 'none', autocorrect: 'off', spellcheck: 'false', enterkeyhint: 'go', maxlength: 512, 'aria-describedby': 'door-how' });
  const answer = h('div', { class: 'answer ready', id: 'answer' }, h('p', { class: 'answer-what' }, t('door.ready')));
  const log = h('ol', { class: 'door-log' });
  const counts = h('p', { class: 'muted', id: 'door-counts' });
  const tally = { in: 0, out: 0 };
  let asking = Promise.resolve();

  const draw = (tone, what, ...details) => {
    answer.className = `answer ${tone}`;
    replace(answer, h('p', { class: 'answer-what' }, what), details.map(detail => h('p', { class: 'answer-detail' }, detail)));
  };

  const noted = (tone, what, code) => {
    if (tone === 'in') tally.in++;
    if (tone === 'out') tally.out++;
    counts.textContent = t('door.counts', { in: number(tally.in), out: number(tally.out) });
    log.prepend(h('li', { class: tone }, h('span', { class: 'mark-in-words' }, t(`door.${tone}`)), h('span', { class: 'grow' }, what), h('span', { class: 'muted small' }, code.slice(-8))));
    while (log.childElementCount > KEPT) log.lastChild.remove();
  };

  const check = async code => {
    draw('asking', t('door.asking'));
    try {
      // One ticket has one key until it is answered: scanned again after a lost answer, an entry that did happen is said again.
      const { data } = await staff.command('POST', '/api/admin/check-in', `check-in/${code}`, { body: { code, concertScheduleId: id }, signal });
      const where = data.seats.length > 0 ? `${data.seats[0].section} · ${data.seats.map(label).join(', ')}` : `${data.inventoryName ?? ''}`;
      const many = data.seats.length > 0 ? data.seats.length : data.quantity ?? 1;
      draw('in', t('door.in'), t('door.people', { n: many }), where);
      noted('in', where, code);
      sayNow(`${t('door.in')} ${t('door.people', { n: many })} ${where}`);
      navigator.vibrate?.(80);
    } catch (problem) {
      if (signal.aborted) return;
      if (!(problem instanceof api.Problem)) throw problem;
      refused(problem, code);
    }
  };

  const refused = (problem, code) => {
    const isKnown = ['already-used', 'not-valid', 'not-yours', 'invalid-request'].includes(problem.code);
    const what = problem.code === 'already-used' && problem.at ? t('door.used', { when: here(problem.at, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' }) })
      : isKnown ? t(`door.${problem.code}`) : sentence(problem.code)[0];
    const how = isKnown ? t(`door.${problem.code}.how`) : t('door.nobody.knows');
    draw(isKnown ? 'out' : 'unknown', isKnown ? t('door.out') : t('door.unknown'), what, how);
    noted(isKnown ? 'out' : 'unknown', what, code);
    sayNow(`${isKnown ? t('door.out') : t('door.unknown')} ${what} ${how}`);
    navigator.vibrate?.([80, 60, 200]);
  };

  /** One after the other, as they were scanned: none is lost while another is asked about. */
  const scanned = code => {
    asking = asking.then(() => signal.aborted ? null : check(code));
    return asking;
  };

  const form = h('form', { class: 'door-form', onsubmit: event => {
    event.preventDefault();
    const code = input.value.trim();
    input.value = '';
    input.focus();
    if (code !== '') scanned(code);
  } }, h('label', { for: 'code' }, t('door.code')), h('div', { class: 'row' }, input, h('button', { type: 'submit', class: 'button large', id: 'check-in' }, t('door.go'))));

  view.append(h('div', { class: 'panel door' }, answer, form, h('p', { class: 'muted', id: 'door-how' }, t('door.how')), await camera(scanned, signal), counts), h('h2', {}, t('door.log')), log);
  if (schedule.calledOff) view.querySelector('.door').prepend(h('p', { class: 'hint' }, t('door.off')));
  input.focus();
}

/** A button that opens the camera, where the browser can read codes; else what to do instead. */
async function camera(scanned, signal) {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []) ?? [];
  if (!formats.includes('qr_code') || !navigator.mediaDevices?.getUserMedia) return h('p', { class: 'muted', id: 'no-camera' }, t('camera.none'));
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const video = h('video', { class: 'camera', muted: true, playsinline: true, hidden: true, 'aria-label': t('camera.picture') });
  const wrong = h('p', { class: 'field-wrong', role: 'alert' });
  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach(track => track.stop());
    stream = null;
    video.hidden = true;
    button.textContent = t('camera.open');
    button.setAttribute('aria-pressed', 'false');
  };
  const look = async () => {
    let [last, at] = [null, 0];
    while (stream && !signal.aborted) {
      const [code] = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await detector.detect(video).catch(() => []) : [];
      if (code?.rawValue) {
        if (code.rawValue !== last || Date.now() - at > SAME) await scanned(code.rawValue.trim());
        [last, at] = [code.rawValue, Date.now()];
      }
      await new Promise(resolve => setTimeout(resolve, LOOK));
    }
  };
  const open = async () => {
    wrong.textContent = '';
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
    } catch (fault) {
      wrong.textContent = t(fault.name === 'NotAllowedError' ? 'camera.forbidden' : 'camera.fault');
      return;
    }
    if (signal.aborted) return stop();
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = t('camera.close');
    button.setAttribute('aria-pressed', 'true');
    await video.play();
    look();
  };
  const button = h('button', { type: 'button', class: 'button quiet', id: 'camera', 'aria-pressed': 'false', onclick: () => open() }, t('camera.open'));
  signal.addEventListener('abort', stop, { once: true });
  return h('div', { class: 'stack camera-place' }, h('div', { class: 'actions' }, button), wrong, video);
}
