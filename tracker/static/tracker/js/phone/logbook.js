// The entries of this sitting, newest first. A tap is sealed and stored at once; its readable copy
// stays in memory while it may be undone or added to, and is forgotten then.

export const UNDO_MS = 5000;
// A little longer in the store, so that no other tab sends what is just being undone.
const HOLD_MS = UNDO_MS + 700;
const OPEN_HOLD_MS = 12000;
// A hold further ahead than this was written under another clock.
const LONGEST_HOLD_MS = 60000;

export function makeLogbook({ store, seal, newId, changed }) {
  let items = [];
  let order = Promise.resolve();

  // One after the other, so that numbers follow the taps.
  function inOrder(work) {
    const result = order.then(work);
    order = result.catch(() => {});
    return result;
  }

  function find(id) {
    return items.find((item) => item.id === id) || null;
  }

  function plaintext(item) {
    const bare = { v: 1, kind: item.kind, at: new Date(item.at).toISOString(), n: item.seq };
    const filled = { vehicle: null, people: null, people_low: null, people_high: null };
    return new TextEncoder().encode(
      JSON.stringify({ ...bare, ...filled, reason: "", note: "", ...item.plain }),
    );
  }

  async function row(item, hold) {
    const sealed = await seal(item.id, plaintext(item));
    const until = hold ? Date.now() + hold : 0;
    return { id: item.id, seq: item.seq, at: item.at, sealed, state: "kept", hold: until };
  }

  function release(item) {
    item.plain = null;
    item.isOpen = false;
    item.undoUntil = 0;
    changed();
  }

  // `plain` holds what goes into the envelope besides kind, time and number.
  // `hold`: false sends at once.
  async function tap({ kind, plain, shown, at = Date.now(), tick = performance.now(), hold = true }) {
    const item = { id: newId(), kind, plain, at, tick, state: "kept", isOpen: false, ...shown };
    item.undoUntil = hold ? performance.now() + UNDO_MS : 0;
    item.heldUntil = 0;
    await inOrder(async () => {
      item.seq = await store.nextNumber();
      await store.keep(await row(item, hold ? HOLD_MS : 0));
      items.unshift(item);
    });
    if (!hold) item.plain = null;
    changed();
    return item;
  }

  async function undo(id) {
    await inOrder(() => store.undo(id));
    items = items.filter((item) => item.id !== id);
    changed();
  }

  // Returns false when it has gone meanwhile: what is added must become an entry of its own.
  function amend(id, plain, shown) {
    const item = find(id);
    if (!item || !item.plain) return Promise.resolve(false);
    Object.assign(item.plain, plain);
    Object.assign(item, shown);
    changed();
    return inOrder(async () => store.rekeep(await row(item, item.isOpen ? OPEN_HOLD_MS : HOLD_MS)));
  }

  function keepOpen(id) {
    const item = find(id);
    if (!item || !item.plain) return;
    item.isOpen = true;
    if (item.heldUntil - Date.now() > OPEN_HOLD_MS / 2) return;
    item.heldUntil = Date.now() + OPEN_HOLD_MS;
    inOrder(() => store.mark(id, { hold: Date.now() + OPEN_HOLD_MS }));
  }

  function close(id) {
    const item = find(id);
    if (!item) return Promise.resolve();
    release(item);
    return inOrder(() => store.mark(id, { hold: 0 }));
  }

  function isHeld(entry) {
    const item = find(entry.id);
    if (item && item.plain) return item.isOpen || performance.now() < item.undoUntil;
    const left = (entry.hold || 0) - Date.now();
    return left > 0 && left < LONGEST_HOLD_MS;
  }

  // A clock that stands while the phone sleeps would make an old entry young: then the entry's own
  // time counts, corrected by the server.
  function ageOf(id) {
    const item = find(id);
    if (!item || item.tick === null) return null;
    const age = performance.now() - item.tick;
    const slept = Date.now() - item.at - age;
    return age >= 0 && slept < 5000 ? Math.round(age) : null;
  }

  // Brings the list in line with the store: what another tab or an earlier sitting left, what is gone.
  async function align() {
    const rows = await store.entries();
    const stored = new Map(rows.map((each) => [each.id, each]));
    for (const item of items) {
      const entry = stored.get(item.id);
      if (entry && entry.state === "needs") item.state = "needs";
      if (!entry && item.seq && item.state !== "sent" && !item.isRemote) item.state = "sent";
    }
    for (const entry of rows) {
      if (!find(entry.id)) items.push({ ...entry, sealed: null, kind: "", tick: null, plain: null });
    }
    items.sort((one, other) => other.at - one.at || other.seq - one.seq);
    for (const item of items) {
      if (item.plain && !item.isOpen && performance.now() >= item.undoUntil) release(item);
    }
    changed();
  }

  // In turn with the taps: one that is just being stored is not one that has gone.
  const refresh = () => inOrder(align);

  // A word of doubt that came with the receipt is shown, the entry is taken all the same.
  function received(results) {
    for (const { id, problems } of results) {
      const item = find(id);
      if (item) Object.assign(item, { state: "sent", plain: null, hint: (problems || []).join(" ") });
    }
    changed();
  }

  // What the server could not take, readable again because the person has signed in.
  function refused({ id, problems, readable, at, status = 0 }) {
    const known = find(id);
    const item = known || { id, seq: 0, tick: null, plain: null, isRemote: true, kind: "" };
    Object.assign(item, { state: "needs", problems: problems || [], status });
    if (readable) Object.assign(item, { readable, kind: readable.kind, seq: readable.n });
    if (!known) {
      item.at = Date.parse((readable && readable.at) || at) || Date.now();
      items.unshift(item);
    }
    changed();
  }

  // Says a refused entry again, under the same id and number.
  async function again(id, plain, shown) {
    const item = find(id);
    const said = { state: "kept", problems: null, readable: null, isRemote: false, tick: null };
    Object.assign(item, said, { plain }, shown);
    await inOrder(async () => store.keep(await row(item, 0)));
    item.plain = null;
    changed();
  }

  async function settled(id) {
    await inOrder(() => store.undo(id));
    items = items.filter((item) => item.id !== id);
    changed();
  }

  return {
    tap,
    undo,
    amend,
    keepOpen,
    close,
    isHeld,
    ageOf,
    refresh,
    received,
    refused,
    again,
    settled,
    find,
    items: () => items,
    clear: () => {
      items = [];
    },
    written: () => order,
  };
}
