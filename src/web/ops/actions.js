// Buttons whose refusal is said beside them.

import * as api from '../js/shared/api.js';
import { replace, actionButton } from '../js/shared/dom.js';
import { problemBox } from '../js/shared/problems.js';

/** Whether a problem passes by itself, so that the same may be asked again. */
const mayPass = problem => ['offline', 'unavailable', 'too-many-requests'].includes(problem.code);

/** Shows in the place what the service said against something, with a button to try again where that may help. Rethrows what it did not say. */
export function say(fault, place, again = null) {
  // The screen was left while it waited.
  if (fault?.name === 'AbortError') return;
  if (!(fault instanceof api.Problem)) throw fault;
  replace(place, problemBox(fault, { retry: mayPass(fault) ? again : null }));
}

/** Runs work, and shows in the place what the service says against it. */
export async function tried(work, place) {
  replace(place);
  try {
    await work();
  } catch (fault) {
    say(fault, place, () => tried(work, place));
  }
}

/** A button of which the same is true. */
export const act = (label, work, place, props) => actionButton(label, () => tried(work, place), props);
