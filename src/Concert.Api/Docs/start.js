// A file of its own, so that the page can forbid inline scripts.
import { standIns } from './stand-ins.js';
import { walkThrough } from './walk.js';

const { contract, examples, identity } = document.querySelector('main').dataset;
const byName = identity === 'Development';
const here = standIns(JSON.parse(examples), byName);
const [text, onSale] = await Promise.all([fetch(contract).then(answer => answer.text()), fetch('/api/concert')]);
here.learn('/api/concert', onSale.status, await onSale.json());

const ui = SwaggerUIBundle({
  spec: here.fit(text),
  domNode: document.getElementById('contract'),
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  // An example that was not changed is sent as what this host has in its place.
  requestInterceptor: request => here.send(request),
  responseInterceptor: response => {
    here.learn(new URL(response.url, location.href).pathname, response.status, response.obj);
    authorise();
    return response;
  },
});

walkThrough({
  here,
  byName,
  open,
  // The forms are made anew by this, and what was typed into them is gone: so not after a call of theirs.
  settled: () => {
    authorise();
    ui.specActions.updateJsonSpec(here.fit(text));
  },
});

function authorise() {
  if (here.known.token) {
    ui.preauthorizeApiKey('queue-token', here.known.token);
  }
}

/** Shows an operation of the contract below. */
function open(tag, operation) {
  ui.layoutActions.show(['operations-tag', tag], true);
  ui.layoutActions.show(['operations', tag, operation], true);
  requestAnimationFrame(() => document.getElementById(`operations-${tag.replaceAll(' ', '_')}-${operation}`)?.scrollIntoView());
}
