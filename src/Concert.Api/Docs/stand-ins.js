// The contract's examples tell of a sale that is not on this host. What there is in its place is learnt from the host's answers: a concert, a date with free seats,
// two of these, the reservation that was made last. An example is shown and sent as that.

/**
 * examples: {user, key, continuation, section, grade, concert, schedule, seat, secondSeat, inventory, reservation, payment, ticket}, as the contract has them.
 * byName: whether the host believes who a request says it is from. A platform knows that itself, and no user is named to it.
 */
export function standIns(examples, byName) {
  // Another one each time, so that none meets the token of the one before.
  const nextUser = () => (byName ? `reader-${random(4)}` : undefined);
  const known = { user: nextUser() };

  // A seat's id begins with its schedule's, and that with its concert's: only a whole one may be replaced.
  const ids = new Map(['concert', 'schedule', 'seat', 'secondSeat', 'inventory', 'reservation', 'payment', 'ticket'].map(name => [examples[name], name]));
  const anId = new RegExp(`${examples.concert}[\\w.-]*`, 'g');
  const text = value => value.replace(anId, id => known[ids.get(id)] ?? id);

  /** A value of the contract as it is here. Undefined when there is nothing like it here, and it is better left out. */
  function value(name, example) {
    switch (example) {
      case examples.user: return known.user;
      case examples.key: return newKey();
      case examples.continuation: return known.continuation;
    }
    return typeof example === 'string' ? text(example) : example;
  }

  /** The same for a call that chooses places, whose sections and grades are those of a plan. */
  function place(name, example) {
    if (name === 'section' && example === examples.section) return known.section;
    if (name === 'grade' && example === examples.grade) return known.grade;
    return value(name, example);
  }

  const fit = json => JSON.parse(json, (name, example) => {
    // Shown, an example is better than none.
    const fitted = value(name, example);
    return fitted === undefined || example === examples.key ? example : fitted;
  });

  function send(request) {
    const url = new URL(text(request.url), location.href);
    const here = /\/(reservation|available-seats)$/.test(url.pathname) ? place : value;
    for (const [name, example] of [...url.searchParams]) {
      const fitted = here(name, example);
      if (fitted === undefined) url.searchParams.delete(name);
      else if (fitted !== example) url.searchParams.set(name, fitted);
    }
    request.url = url.href;
    for (const [name, example] of Object.entries(request.headers ?? {})) {
      const fitted = value(name, example);
      if (fitted !== undefined) request.headers[name] = fitted;
    }
    if (typeof request.body === 'string') {
      try {
        request.body = JSON.stringify(JSON.parse(request.body, here));
      } catch {
        // What the reader has typed is sent as it is, and the API says what is wrong with it.
      }
    }
    return request;
  }

  /** What an answer tells of the host. */
  function learn(address, status, answer) {
    const data = status < 300 ? answer?.data : undefined;
    if (!data) return;
    const path = address.slice(address.indexOf('/api/') + '/api'.length);
    if (data.continuation) known.continuation = data.continuation;
    if (path === '/concert') {
      known.concert ??= (data.find(concert => concert.isOpen) ?? data[0])?.id;
    } else if (path === '/admin/concert') {
      known.concert = data.id;
    } else if (path === '/queue/issue') {
      known.token = data.token;
    } else if (path === '/concert/available-dates') {
      known.schedule = (data.find(date => isOnSale(date) && isFarOff(date)) ?? data.find(isOnSale) ?? data[0])?.id ?? known.schedule;
    } else if (path === '/admin/schedule') {
      known.schedule = data.id;
      [known.seat, known.secondSeat] = data.sections[0]?.seatIds ?? [];
      known.inventory = data.inventories[0]?.id;
    } else if (path === '/concert/available-seats') {
      seats(data);
    } else if (/^\/reservation(\/[^/]+(\/cancel)?)?$/.test(path) && data.id) {
      known.reservation = data.id;
      if (data.seats?.[0]) known.seat = data.seats[0].id;
      if (data.seats?.[1]) known.secondSeat = data.seats[1].id;
    } else if (path.endsWith('/ticket')) {
      known.ticket = data.code;
    } else if (path.startsWith('/payment') && data.id) {
      known.payment = data.id;
    }
  }

  function seats(map) {
    const free = map.seats.filter(seat => (seat.status ?? 'AVAILABLE') === 'AVAILABLE');
    if (free.length > 0) {
      const [first] = free;
      const second = free.find(seat => seat !== first && seat.section === first.section);
      Object.assign(known, { seat: first.id, secondSeat: second?.id, section: first.section, grade: first.grade });
    }
    known.inventory = map.inventories.find(inventory => inventory.available > 0)?.id ?? known.inventory;
  }

  return { known, fit, send, learn, newUser: () => (known.user = nextUser()) };
}

function isOnSale(date) {
  const now = Date.now();
  return !date.calledOff && date.reservedSeats < date.totalSeats && Date.parse(date.bookingStartAt) <= now && now < Date.parse(date.bookingEndAt);
}

/** So far that what was paid can be cancelled. */
const isFarOff = date => Date.parse(date.openAt) - Date.now() > 2 * 86_400_000;

const random = bytes => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), byte => byte.toString(16).padStart(2, '0')).join('');

export const newKey = () => random(16);
