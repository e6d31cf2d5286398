// Elements out of data. Text goes in as text: nothing here, or anywhere else, parses markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.setAttribute('class', Array.isArray(value) ? value.filter(Boolean).join(' ') : value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

/** h('button', {class: 'x', onclick}, 'text') */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** The same for SVG. */
export const s = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

export function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

const say = id => text => {
  const region = document.getElementById(id);
  // The same sentence twice is two events.
  region.textContent = region.textContent === text ? text + '\u00a0' : text;
};

/** Said by screen readers when they have time; and at once. */
export const sayPolitely = say('polite');
export const sayNow = say('urgent');

/** A button that runs its work once at a time, however often it is pressed. */
export function actionButton(label, work, props = {}) {
  const button = h('button', { type: 'button', class: 'button', ...props }, label);
  button.addEventListener('click', () => once(button, work));
  return button;
}

export async function once(button, work) {
  if (button.getAttribute('aria-busy') === 'true' || button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    button.removeAttribute('aria-busy');
  }
}
