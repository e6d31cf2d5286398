// A file of its own, so that the page can forbid inline scripts.
const contract = document.getElementById('contract');
SwaggerUIBundle({
  url: contract.dataset.url,
  domNode: contract,
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
});
