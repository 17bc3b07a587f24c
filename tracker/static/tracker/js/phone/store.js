// What rests on the phone: sealed entries with id, number, time and state, sealed photos, and a few
// marks (last number, an opaque word from the server, who sends). Nothing in here can be read.

const NAME = "notes";
const STORES = ["entries", "photos", "marks"];

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: "id" });
    request.result.createObjectStore("photos", { keyPath: "id" });
    request.result.createObjectStore("marks", { keyPath: "name" });
  };
  return done(request);
}

function eraseStore() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

// Leaves nothing behind that a script can reach: store, cached page, worker, settings.
export async function wipe() {
  for (const cookie of document.cookie.split("; ")) {
    document.cookie = `${cookie.split("=")[0]}=; Max-Age=0; Path=/`;
  }
  localStorage.clear();
  sessionStorage.clear();
  await eraseStore();
  if (window.caches) {
    const names = await caches.keys();
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  if (!navigator.serviceWorker) return;
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
}

// `onTaken`: another tab or the server erases everything; this one must let go.
export async function openStore(onTaken) {
  const db = await open();
  db.onversionchange = () => {
    db.close();
    onTaken();
  };
  db.onclose = onTaken;

  // Strict: written to the disk before it counts, so a kill in the same second loses nothing.
  async function change(work) {
    const deal = db.transaction(STORES, "readwrite", { durability: "strict" });
    const written = new Promise((resolve, reject) => {
      deal.oncomplete = resolve;
      deal.onabort = () => reject(deal.error);
    });
    const [result] = await Promise.all([work((name) => deal.objectStore(name)), written]);
    return result;
  }

  async function all(name) {
    return done(db.transaction(name).objectStore(name).getAll());
  }

  async function forgetPhotosOf(table, entry) {
    for (const photo of await done(table.getAll())) {
      if (photo.entry === entry) await done(table.delete(photo.id));
    }
  }

  return {
    close: () => db.close(),

    async entries() {
      return (await all("entries")).sort((one, other) => one.seq - other.seq);
    },

    photos: () => all("photos"),

    nextNumber: () =>
      change(async (table) => {
        const last = await done(table("marks").get("number"));
        const value = (last ? last.value : 0) + 1;
        await done(table("marks").put({ name: "number", value }));
        return value;
      }),

    keep: (row) => change((table) => done(table("entries").put(row))),

    // Only while it is still here: what was sent meanwhile must not come back.
    rekeep: (row) =>
      change(async (table) => {
        if (!(await done(table("entries").get(row.id)))) return false;
        await done(table("entries").put(row));
        return true;
      }),

    mark: (id, values) =>
      change(async (table) => {
        const row = await done(table("entries").get(id));
        if (row) await done(table("entries").put({ ...row, ...values }));
      }),

    forget: (ids) =>
      change(async (table) => {
        for (const id of ids) await done(table("entries").delete(id));
      }),

    undo: (id) =>
      change(async (table) => {
        await done(table("entries").delete(id));
        await forgetPhotosOf(table("photos"), id);
      }),

    keepPhoto: (row) =>
      change(async (table) => {
        await forgetPhotosOf(table("photos"), row.entry);
        await done(table("photos").put(row));
      }),

    forgetPhoto: (id) => change((table) => done(table("photos").delete(id))),

    async recall(name) {
      const found = await done(db.transaction("marks").objectStore("marks").get(name));
      return found ? found.value : null;
    },

    remember: (name, value) => change((table) => done(table("marks").put({ name, value }))),

    // For browsers without locks: one owner at a time, for `ms` from `now`.
    lease: (owner, now, ms) =>
      change(async (table) => {
        const held = await done(table("marks").get("lease"));
        const value = held && held.value;
        // One far ahead was taken under another clock.
        const isTaken = value && value.until > now && value.until < now + 10 * ms;
        if (isTaken && value.owner !== owner) return false;
        await done(table("marks").put({ name: "lease", value: { owner, until: now + ms } }));
        return true;
      }),
  };
}
