// A picture for a concert, made of its id: always the same, and nothing to fetch.

import { s } from './shared/dom.js';

export function poster(id) {
  let seed = 7;
  for (const letter of id) seed = (seed * 31 + letter.codePointAt(0)) >>> 0;
  const next = max => {
    seed = (seed * 1103515245 + 12345) >>> 0;
    return (seed >>> 8) % max;
  };
  const tone = next(6);
  const circles = Array.from({ length: 4 }, (_, i) => s('circle', { cx: next(320), cy: 90 + next(90), r: 40 + next(90), class: `poster-${(i % 3) + 1}` }));
  const beams = Array.from({ length: 3 }, (_, i) => {
    const [from, to] = [60 + i * 90 + next(30), next(320)];
    return s('path', { d: `M${from} -10 L${to - 34} 170 L${to + 34} 170 Z`, class: 'poster-beam' });
  });
  return s('svg', { class: `poster tone-${tone}`, viewBox: '0 0 320 160', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true', focusable: 'false' },
    s('rect', { width: 320, height: 160, class: 'poster-0' }), circles, beams);
}
