// A worker: it beats once a second.
setInterval(() => postMessage(0), 1000);
