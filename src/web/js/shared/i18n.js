// The words of one language, loaded when it is chosen. Sentences have {names}.

const KEPT = 'concert.language';
export const LANGUAGES = { ko: '한국어', en: 'English' };

let loaders = {};
let words = {};
let language = 'en';

export const lang = () => language;

/** @param texts for each language, a function that imports its words. */
export async function start(texts) {
  loaders = texts;
  const kept = localStorage.getItem(KEPT);
  const wanted = kept in LANGUAGES ? kept : (navigator.languages ?? [navigator.language]).some(l => l.startsWith('ko')) ? 'ko' : 'en';
  await use(wanted);
}

export async function choose(name) {
  localStorage.setItem(KEPT, name);
  await use(name);
}

async function use(name) {
  words = (await loaders[name]()).default;
  language = name;
  document.documentElement.lang = name;
}

export function t(key, values = {}) {
  let text = words[key] ?? key;
  if (typeof text === 'object') text = text[new Intl.PluralRules(language).select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** What happened, and the way on. */
export const sentence = code => words.codes[code] ?? words.codes.unavailable;
export const hasSentence = code => code in words.codes;

export const won = amount => language === 'ko'
  ? `${new Intl.NumberFormat('ko').format(amount)}원`
  : new Intl.NumberFormat('en', { style: 'currency', currency: 'KRW' }).format(amount);

export const number = n => new Intl.NumberFormat(language).format(n);

// A concert's time is its house's: the offset that the service wrote, not the reader's.
export function when(iso, style = { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit' }) {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(Date.parse(iso) + minutes * 60_000);
}

// What happened to the reader has the reader's time.
export const here = (iso, style = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }) =>
  new Intl.DateTimeFormat(language, style).format(new Date(iso));

/** "3 minutes" */
export function duration(seconds) {
  const [amount, unit] = seconds < 90 ? [Math.max(1, Math.round(seconds)), 'second']
    : seconds < 5400 ? [Math.round(seconds / 60), 'minute']
    : seconds < 172800 ? [Math.round(seconds / 3600), 'hour'] : [Math.round(seconds / 86400), 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}
