// What was seen of a sale in the last minutes. The service's counters only grow, and belong to the instance that answers: rates are made of differences here.

/** How far back is shown at most, and at least, milliseconds. */
const LONGEST = 5 * 60_000;
const SHORTEST = 60_000;

/** An instance that did not answer for so long is no longer added to the others. */
const FORGET = 30_000;

const kept = new Map();

/** The history of a schedule, as long as the page is open. */
export function historyOf(id) {
  if (!kept.has(id)) kept.set(id, new History());
  return kept.get(id);
}

export class History {
  samples = [];
  #instances = new Map();

  /** Takes in an answer of /live. */
  add(live) {
    const at = Date.parse(live.at);
    if (this.samples.length > 0 && at <= this.samples.at(-1).at) return;
    const { commands } = live;
    const before = this.#instances.get(commands.instance);
    const isNew = !before || commands.accepted < before.commands.accepted || commands.decided < before.commands.decided;
    const rate = name => isNew ? null : (commands[name] - before.commands[name]) * 1000 / (at - before.at);
    this.#instances.set(commands.instance, { at, commands, accepted: rate('accepted'), decided: rate('decided'), conflicts: rate('conflicts') });
    const seen = [...this.#instances.values()].filter(one => at - one.at < FORGET);
    const sum = name => seen.every(one => one[name] === null) ? null : seen.reduce((total, one) => total + (one[name] ?? 0), 0);
    this.samples.push({ at, depth: live.queue?.depth ?? null, accepted: sum('accepted'), decided: sum('decided'), conflicts: sum('conflicts') });
    while (at - this.samples[0].at > LONGEST) this.samples.shift();
  }

  /** How much time the samples are shown in, milliseconds: it grows with them. */
  get span() {
    return Math.max(SHORTEST, this.samples.at(-1).at - this.samples[0].at);
  }

  /** Outcomes of every instance that was seen, added up: [{command, outcome, reason?, count}]. */
  outcomes() {
    const all = new Map();
    for (const { commands } of this.#instances.values()) {
      for (const { command, outcome, reason, count } of commands.outcomes) {
        const key = `${command}/${outcome}/${reason ?? ''}`;
        all.set(key, { command, outcome, reason, count: (all.get(key)?.count ?? 0) + count });
      }
    }
    return [...all.values()].sort((a, b) => b.count - a.count);
  }

  /** A counter of every instance that was seen, added up. */
  total(name) {
    return [...this.#instances.values()].reduce((sum, { commands }) => sum + commands[name], 0);
  }
}
