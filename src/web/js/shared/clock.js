// The service's time, whatever the machine's clock says. An answer's Date header has whole seconds and was written between asking and hearing, so each one
// bounds the difference from both sides.

let low = -Infinity;
let high = Infinity;

export function hear(dateHeader, askedAt, heardAt) {
  const date = Date.parse(dateHeader ?? '');
  if (Number.isNaN(date)) return;
  const [from, to] = [date - heardAt, date + 1000 - askedAt];
  if (from > high || to < low) [low, high] = [from, to]; // The machine's clock was set.
  else [low, high] = [Math.max(low, from), Math.min(high, to)];
}

export const now = () => Date.now() + (low === -Infinity ? 0 : (low + high) / 2);

/** Seconds the machine's clock is off. */
export const offBy = () => Math.round((now() - Date.now()) / 1000);

const watchers = new Set();
let timer = 0;

function tick() {
  for (const watcher of [...watchers]) watcher(now());
}

/** Calls back several times a second; returns how to stop. */
export function everyMoment(watcher) {
  watchers.add(watcher);
  timer ||= setInterval(tick, 250);
  watcher(now());
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = 0;
    }
  };
}

export function asClock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = n => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
