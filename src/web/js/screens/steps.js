// Where in the purchase the buyer is.

import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const NAMES = ['step.line', 'step.date', 'step.seats', 'step.pay', 'step.ticket'];

export const steps = at => h('ol', { class: 'steps', 'aria-label': t('steps') },
  NAMES.map((name, i) => h('li', { class: [i < at && 'done', i === at && 'here'], 'aria-current': i === at ? 'step' : null }, t(name))));
