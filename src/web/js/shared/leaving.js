// What a screen, or a part of one, had begun when it was left is cut off. Whoever waits for it has gone, too: that is no fault, wherever it surfaces.

/** Why it was cut off: what such a request, or a pause, is rejected with. */
export const LEFT = new DOMException('The screen was left.', 'AbortError');

addEventListener('unhandledrejection', event => {
  if (event.reason === LEFT) event.preventDefault();
});
