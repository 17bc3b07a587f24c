// Sends what is kept, oldest first: one tab at a time, again and again until the server has said that
// it has each entry. Nothing leaves the phone's store before that.

const BATCH = 50;
const SOONEST_MS = 3000;
const LATEST_MS = 60000;
const LEASE_MS = 40000;
const LOCK = "notes-sending";
const LATER = new Set([0, 408, 425, 429]);
const PATIENCE_MS = 30000;

// Speaks with the server. Whatever is not a JSON answer of ours (no network, the sign-in page of a
// guest house) counts as no network: status 0.
export function makeServer(fetch) {
  let csrf = "";

  async function ask(path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    const request = { method: "GET", cache: "no-store", credentials: "same-origin" };
    request.headers = { Accept: "application/json" };
    if (body) {
      request.method = "POST";
      request.headers["Content-Type"] = "application/json";
      request.headers["X-CSRFToken"] = csrf;
      request.body = JSON.stringify(body);
    }
    try {
      const answer = await fetch(path, { ...request, redirect: "manual", signal: stop.signal });
      const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
      if (answer.ok && !isOurs) return { status: 0, data: {} };
      const data = isOurs ? await answer.json() : {};
      if (data.csrf) csrf = data.csrf;
      return { status: answer.status, data };
    } catch (error) {
      return { status: 0, data: {} };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ask,
    start: () => ask("/f/start"),
    hasSession: () => csrf !== "",
    forgetSession: () => {
      csrf = "";
    },
  };
}

// `ageOf(id)`: ms since the tap, or null; `isHeld(row)`: still to be undone or added to;
// `tell`: {sending, received, needs, photo, offline, signIn, lost, refused} as it happens.
export function makeSender({ store, server, ageOf, isHeld, toText, tell, name }) {
  let pause = 0;
  let notBefore = 0;
  let isBusy = false;
  // Photos that the server will not have: they stay here, and are not offered again and again.
  const declined = new Set();

  async function alone(work) {
    if (navigator.locks) {
      return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => lock && work());
    }
    // Safari before 15.4 has no locks: a lease in the store does.
    if (!(await store.lease(name, Date.now(), LEASE_MS))) return null;
    await work();
    return store.lease(name, Date.now(), 0);
  }

  function later() {
    pause = Math.min(LATEST_MS, Math.max(SOONEST_MS, pause * 2));
    notBefore = performance.now() + pause;
    return false;
  }

  function soon() {
    pause = 0;
    notBefore = 0;
    return true;
  }

  async function renewed() {
    const { status, data } = await server.start();
    if (status !== 200) return stopped(status, data);
    await tell.started(data);
    return true;
  }

  function stopped(status, data) {
    if (status === 401) {
      server.forgetSession();
      tell.signIn(data.sign_in);
    }
    if (status === 403) tell.refused(data.text);
    if (status === 410) tell.lost();
    if (status === 507) tell.full();
    if (status === 0) tell.offline();
    return later();
  }

  async function settle(rows, results) {
    const byId = new Map(results.map((result) => [result.id, result]));
    const taken = [];
    for (const row of rows) {
      const result = byId.get(row.id);
      if (!result) continue;
      if (result.outcome === "received" || result.outcome === "repeat") taken.push(result);
      else {
        await store.mark(row.id, { state: "needs" });
        tell.needs(result);
      }
    }
    await store.forget(taken.map((result) => result.id));
    tell.received(taken);
    return byId.size > 0;
  }

  function envelope(row) {
    return { id: row.id, seq: row.seq, sealed: toText(row.sealed), age_ms: ageOf(row.id) };
  }

  async function waiting() {
    return (await store.entries()).filter((row) => row.state === "kept" && !isHeld(row));
  }

  async function send(rows) {
    tell.sending(rows.map((row) => row.id));
    const body = { now: new Date().toISOString(), entries: rows.map(envelope) };
    return server.ask("/f/send", body);
  }

  // Returns whether to go on. An answer that blames the entry itself is kept for the person to see.
  async function judged(rows, { status, data }, isSecondTry) {
    if (status === 200) return settle(rows, data.results);
    // The answer brought a fresh token along.
    if (status === 403 && data.csrf && !isSecondTry) return judged(rows, await send(rows), true);
    const isFinal = status >= 400 && status < 500 && ![401, 403, 410].includes(status);
    if (!isFinal || LATER.has(status)) return stopped(status, data);
    if (rows.length > 1) return everyOne(rows);
    await store.mark(rows[0].id, { state: "stuck" });
    tell.needs({ id: rows[0].id, problems: [], status });
    return true;
  }

  async function everyOne(rows) {
    for (const row of rows) {
      if (!(await judged([row], await send([row])))) return false;
    }
    return true;
  }

  // A photo goes once its entry has arrived.
  async function sendPhotos() {
    const entries = new Set((await store.entries()).map((row) => row.id));
    for (const photo of await store.photos()) {
      if (entries.has(photo.entry) || declined.has(photo.id)) continue;
      const body = { id: photo.id, entry: photo.entry, sealed: toText(photo.sealed) };
      const { status, data } = await server.ask("/f/photo", body);
      // What it refuses is no picture; nobody here could mend it.
      if (status === 200) await store.forgetPhoto(photo.id);
      else if (status < 400 || status >= 500 || [401, 403, 410, 408, 429].includes(status)) {
        return stopped(status, data);
      } else declined.add(photo.id);
      tell.photo(data.outcome || status);
    }
    return true;
  }

  async function sendAll() {
    if (!server.hasSession() && !(await renewed())) return;
    for (;;) {
      const rows = (await waiting()).slice(0, BATCH);
      if (rows.length === 0) break;
      if (!(await judged(rows, await send(rows)))) return;
      soon();
    }
    await sendPhotos();
  }

  async function flush() {
    if (isBusy || navigator.onLine === false || performance.now() < notBefore) return;
    const isNothing = (await waiting()).length + (await store.photos()).length === 0;
    if (isNothing) return;
    isBusy = true;
    try {
      await alone(sendAll);
    } finally {
      isBusy = false;
      tell.rested();
    }
  }

  return { flush, soon };
}
