// An Idempotency-Key for each thing the buyer wants, kept over reloads and shared by tabs until it is answered.

const KEPT = 'concert.intents';
const DAY = 86_400_000;

function read() {
  try {
    const all = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    // The service remembers a key for two days; an older one would be a new one.
    return Object.fromEntries(Object.entries(all).filter(([, kept]) => Date.now() - kept.at < DAY));
  } catch {
    return {};
  }
}

const write = all => localStorage.setItem(KEPT, JSON.stringify(all));

function newKey() {
  // randomUUID is only there where the page came over TLS or from this machine.
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

export function keyOf(intent) {
  const all = read();
  all[intent] ??= { key: newKey(), at: Date.now() };
  write(all);
  return all[intent].key;
}

export function done(intent) {
  const all = read();
  delete all[intent];
  write(all);
}

/** Intents that were begun and never answered, by their beginning. */
export const open = prefix => Object.keys(read()).filter(intent => intent.startsWith(prefix));

export const forget = () => localStorage.removeItem(KEPT);
