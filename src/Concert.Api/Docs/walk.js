// A sale in steps that run: each is one call to this host, shown as it was sent and as it was answered.
import { newKey } from './stand-ins.js';

const ANSWER = 6000;
const ROUNDS = 300;

/**
 * The steps in order. `call` says what is sent; `again` whether to ask once more, after the answer's Retry-After; `lacks` what is missing in an answer, as a sentence.
 */
const steps = ({ known, newUser }) => [
  {
    title: 'Find a concert', tag: 'Concerts', operation: 'ListConcerts',
    why: 'Everybody may read what is on sale.',
    call: () => ({ path: '/api/concert' }),
    lacks: data => data.length === 0
      && 'Nothing is on sale here. The one-process host fills an empty data folder with a demo catalogue; or create a concert and a schedule under Admin below.',
  },
  {
    title: 'Get a token', tag: 'Waiting room', operation: 'IssueToken',
    why: 'Joins the line. The answer is a signed token, which every call from here on sends as queue-token; the contract below is authorised with it, too.',
    call: () => ({ method: 'POST', path: '/api/queue/issue', key: true, body: { userId: newUser(), concertId: known.concert } }),
  },
  {
    title: 'Wait for your turn', tag: 'Waiting room', operation: 'CheckToken',
    why: 'Asked until the token is ACTIVE. Asking keeps a place in the line.',
    call: () => ({ path: '/api/queue/check', token: true }),
    again: data => data.status === 'WAITING' || data.status === 'EARLY',
    lacks: data => data.status === 'ENDED' && 'This token has ended. Get another one.',
  },
  {
    title: 'Choose a date', tag: 'Concerts', operation: 'ListDates',
    why: 'The performances of the concert, with how many places are taken.',
    call: () => ({ path: `/api/concert/available-dates?concertId=${known.concert}`, token: true }),
    lacks: data => data.length === 0 && 'This concert has no date.',
  },
  {
    title: 'Choose a seat', tag: 'Concerts', operation: 'ListSeats',
    why: 'What is free now. With its ETag as If-None-Match the next answer is 304 while nothing has changed.',
    call: () => ({ path: `/api/concert/available-seats?concertScheduleId=${known.schedule}`, token: true }),
    lacks: data => data.seats.length === 0 && !data.inventories.some(inventory => inventory.available > 0) && 'Nothing is left of this date.',
    done: data => { known.choice = data.seats.length > 0 ? { seatId: data.seats[0].id } : { inventoryId: known.inventory, quantity: 1 }; },
  },
  {
    title: 'Reserve it', tag: 'Reservations', operation: 'RequestReservation',
    why: 'Answered 202 at once, with the id and PENDING: it is decided in the order of the seat’s queue. Repeated under its Idempotency-Key it stays one reservation.',
    call: () => ({ method: 'POST', path: '/api/reservation', token: true, key: true, body: known.choice }),
    done: data => { known.total = data.totalAmount; },
  },
  {
    title: 'Ask what became of it', tag: 'Reservations', operation: 'GetReservation',
    why: 'HELD for five minutes, or REJECTED with a reason. Prefer: wait=5 waits for the outcome.',
    call: () => ({ path: `/api/reservation/${known.reservation}`, token: true, wait: true }),
    again: data => data.status === 'PENDING',
    lacks: data => data.status === 'REJECTED' && `Refused: ${data.reason}. Choose a seat again.`,
  },
  {
    title: 'Charge the wallet', tag: 'Wallet', operation: 'ChargeWallet',
    why: 'Tops the balance up, in won.',
    call: () => ({ method: 'POST', path: '/api/user/charge', key: true, body: { userId: known.user, amount: Math.max(known.total, 1) } }),
  },
  {
    title: 'Pay', tag: 'Payments', operation: 'RequestPayment',
    why: 'Debits the wallet once, however often it is sent, and ends the token: its work is done. What is mine it still shows for a day.',
    call: () => ({ method: 'POST', path: '/api/payment', token: true, key: true, body: { reservationId: known.reservation } }),
  },
  {
    title: 'Read the receipt', tag: 'Payments', operation: 'GetPayment',
    why: 'COMPLETED, or FAILED with a reason.',
    call: () => ({ path: `/api/payment/${known.payment}`, token: true, wait: true }),
    again: data => data.status === 'PENDING',
    lacks: data => data.status === 'FAILED' && `Refused: ${data.reason}.`,
  },
  {
    title: 'Get the ticket', tag: 'Reservations', operation: 'GetTicket',
    why: 'The code that is scanned at the door; with Accept: image/svg+xml as a QR code.',
    call: () => ({ path: `/api/reservation/${known.reservation}/ticket`, token: true, picture: 'image/svg+xml' }),
    isGoal: true,
  },
  {
    title: 'Cancel it', tag: 'Reservations', operation: 'CancelReservation',
    why: 'Everything goes back on sale, and the wallet gets what the refund table says.',
    call: () => ({ method: 'POST', path: `/api/reservation/${known.reservation}/cancel`, token: true, key: true, wait: true }),
  },
  {
    title: 'Look at the ledger', tag: 'Wallet', operation: 'ListLedger',
    why: 'Charge, payment, refund: the balance is their sum.',
    call: () => ({ path: '/api/user/history', token: true }),
  },
];

export function walkThrough({ here, byName, open, settled }) {
  const all = steps(here).map((step, at) => view(step, at));
  let reached = 0;
  let busy = false;

  const goal = all.findIndex(step => step.isGoal);
  const status = h('p', { class: 'walk-status', role: 'status' });
  const whole = h('button', { type: 'button', class: 'walk-run', id: 'walk-all' }, 'Run them all, to the ticket');
  whole.addEventListener('click', () => alone(async () => {
    reached = 0;
    while (reached <= goal && await run(all[reached])) { /* on to the next */ }
  }));
  const login = `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(location.pathname)}`;
  document.getElementById('walk-steps').append(
    h('p', {}, 'A sale from the line to the ticket, in steps that run on this host. Each shows its call as a command for a shell, and the answer.'),
    byName ? '' : h('p', {}, 'Here the platform says who calls: ', h('a', { href: login }, 'sign in first'), '.'),
    h('p', {}, whole),
    status,
    h('ol', { class: 'walk-list' }, ...all.map(step => step.item)),
    h('p', {}, 'Below is the whole contract. An example that you send unchanged is sent as what this page has learnt of this host: its concert, a free seat, your '
      + 'reservation and your token. Staff’s calls need the admin key, which the one-process host prints at its first start and keeps in its data folder as '
      + 'admin-key: Authorize, x-admin-key.'));
  allow();

  function view(step, at) {
    const button = h('button', { type: 'button', class: 'walk-run', 'data-operation': step.operation }, step.title);
    const seen = h('div', { class: 'walk-seen' });
    const more = h('button', { type: 'button', class: 'walk-more', 'aria-label': `${step.title}: in the contract` }, 'in the contract');
    more.addEventListener('click', () => open(step.tag, step.operation));
    const line = h('div', { class: 'walk-step' }, button, h('span', { class: 'walk-why' }, step.why), more);
    const made = { ...step, at, button, seen, item: h('li', {}, line, seen) };
    button.addEventListener('click', () => alone(() => run(made)));
    return made;
  }

  /** One at a time, however fast somebody presses. */
  async function alone(work) {
    if (busy) return;
    busy = true;
    allow();
    try {
      await work();
    } finally {
      busy = false;
      allow();
      settled();
    }
  }

  function allow() {
    whole.disabled = busy;
    for (const step of all) step.button.disabled = busy || step.at > reached;
  }

  /** Whether the next step can follow. */
  async function run(step) {
    status.textContent = `${step.title} …`;
    step.item.className = 'walk-running';
    const problem = await call(step);
    step.item.className = problem ? 'walk-failed' : 'walk-done';
    status.textContent = problem ? `${step.title}: ${problem}` : `${step.title}: done.`;
    reached = problem ? step.at : Math.min(step.at + 1, all.length - 1);
    for (const later of all.slice(step.at + 1)) {
      later.item.className = '';
      later.seen.replaceChildren();
    }
    return !problem;
  }

  /** The sentence that says what is wrong; null when nothing is. */
  async function call(step) {
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const asked = step.call();
        const answer = await exchange(asked, here.known.token);
        step.seen.replaceChildren(block(`${step.title}: request`, curl(answer.url, asked, answer.headers)), block(`${step.title}: answer`, answer.shown));
        if (!answer.ok) return answer.json?.detail ? `${answer.status} ${answer.json.code}. ${answer.json.detail}` : `${answer.status}.`;
        here.learn(new URL(answer.url).pathname, answer.status, answer.json);
        const data = answer.json?.data;
        if (step.again?.(data)) {
          status.textContent = `${step.title}: ${data.status}${data.position ? `, at place ${data.position}` : ''}.`;
          await pause(answer.retryAfter);
          continue;
        }
        if (step.lacks?.(data)) return step.lacks(data);
        step.done?.(data);
        if (asked.picture) step.seen.append(await picture(asked, here.known.token));
        return null;
      }
      return 'it takes too long. Try again.';
    } catch (fault) {
      return fault instanceof TypeError ? 'the host does not answer.' : Promise.reject(fault);
    }
  }
}

async function exchange({ method = 'GET', path, token, key, wait, body }, mine) {
  const headers = {
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(token && mine ? { 'queue-token': mine } : {}),
    ...(key ? { 'Idempotency-Key': newKey() } : {}),
    ...(wait ? { Prefer: 'wait=5' } : {}),
  };
  const url = new URL(path, location.origin).href;
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : null;
  return {
    url, headers, json, ok: answer.ok, status: answer.status,
    retryAfter: Number(answer.headers.get('retry-after') ?? 1),
    shown: [
      `${answer.status} ${answer.statusText}`.trim(),
      ...['location', 'retry-after', 'etag', 'preference-applied'].filter(name => answer.headers.has(name)).map(name => `${name}: ${answer.headers.get(name)}`),
      '',
      cut(json ? JSON.stringify(json, null, 2) : text),
    ].join('\n').trimEnd(),
  };
}

async function picture({ path, picture: type }, mine) {
  const answer = await fetch(path, { headers: { 'queue-token': mine, accept: type } });
  const image = h('img', { class: 'walk-ticket', alt: 'The ticket as a QR code', width: '180', height: '180' });
  image.src = `data:${type};charset=utf-8,${encodeURIComponent(await answer.text())}`;
  return image;
}

const cut = text => (text.length > ANSWER ? `${text.slice(0, ANSWER)}\n… and ${text.length - ANSWER} characters more` : text);

/** The same call for a shell. */
function curl(url, { method = 'GET', body }, headers) {
  const quote = text => `'${text.replaceAll('\'', '\'\\\'\'')}'`;
  return [
    `curl -i ${method === 'GET' ? '' : `-X ${method} `}${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`),
    ...(body ? [`  -d ${quote(JSON.stringify(body))}`] : []),
  ].join(' \\\n');
}

/** A text that can be scrolled, with the keyboard as well. */
const block = (name, text) => h('pre', { tabindex: '0', role: 'group', 'aria-label': name }, text);

const pause = seconds => new Promise(resolve => { setTimeout(resolve, Math.min(Math.max(seconds, 1), 30) * 1000); });

/** An element out of data. Text goes in as text. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
