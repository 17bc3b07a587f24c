// Joins what a finger presses, what the phone keeps and what the server says.

// Below this a clock is right enough; above, the list shows the server's time.
const SHIFT_MS = 30000;
// Not "left": that is the hand.
const LEFT = "sign-out";
const COUNTS = new Set(["headcount", "people.counted"]);
// Carried over when a refused entry is said again.
const SAID = [
  ...["convoy", "checkpoint", "next", "vehicle", "part", "people", "people_low", "people_high"],
  ...["vehicles_seen", "reason", "note"],
];

export function makeDesk(all) {
  const { store, end, seal, newId, toText, server, words, road, status, encode, make } = all;
  const { say } = words;
  const before = new Map();
  const channel = window.BroadcastChannel ? new BroadcastChannel("notes") : null;
  let shift = 0;
  let latest = null;
  let toast = "";
  let isOver = false;

  const share = (what) => channel && channel.postMessage(what);
  const shown = (item) => item.at + (item.shift === undefined ? shift : item.shift);
  const book = all.makeLogbook({ store, seal, newId, changed: () => redraw() });
  const sayings = all.makeSayings({ words, road, status, shown });
  const { textOf, fullText } = sayings;

  function redraw() {
    if (isOver) return;
    const items = book.items();
    const kept = items.filter((item) => item.state === "kept" || item.state === "sending");
    const isHeldBack = kept.length > 0 && kept.every((item) => item.plain);
    const needs = items.filter((item) => item.state === "needs").length;
    const hasSent = items.some((item) => item.state === "sent");
    page.drawChip(status.line({ needs, left: kept.length, isHeldBack, hasSent }));
    page.drawHead(sayings.head(latest));
    page.drawList(items.map(sayings.line));
    page.drawActs(road.acts(), road.isHeld());
    const told = toast && book.find(toast);
    if (toast && (!told || told.isOpen || performance.now() >= told.toastUntil)) {
      toast = "";
      page.hideToast();
    }
  }

  // What a finger does.

  function showToast(item, canUndo) {
    item.toastUntil = performance.now() + all.UNDO_MS;
    toast = item.id;
    page.showToast(fullText(item), canUndo ? item.id : "");
  }

  // An entry as the road stands; `moment` when it is told later than it happened.
  async function log(kind, { plain = {}, moment = {}, text = "", hold = true } = {}) {
    const stood = road.snapshot();
    const part = page.part();
    const said = { shift, part, text: text || (kind.startsWith("people.") ? "" : sayings.saying(kind)) };
    const whole = { ...road.subjects(kind), part, ...plain };
    if (plain.people !== undefined) said.people = plain.people;
    road.after(kind);
    let item;
    try {
      item = await book.tap({ kind, plain: whole, shown: said, hold, ...moment });
    } catch (error) {
      // Never in silence: the person believes that it was kept.
      road.restore(stood);
      end("store");
      throw error;
    }
    before.set(item.id, stood);
    if (!kind.startsWith("people.")) latest = { what: item.text, time: words.time(shown(item)) };
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    share("changed");
    return item;
  }

  async function act(kind) {
    if (kind === "problem") {
      document.getElementById("trouble").showModal();
    } else if (COUNTS.has(kind)) {
      const isLoading = road.acts()[0] === "convoy.departed";
      const likely = isLoading ? "people.boarded" : "people.counted";
      adding.openNew(say("headcount"), likely, { isChoice: true });
    } else {
      showToast(await log(kind), true);
      redraw();
    }
  }

  async function undo(id) {
    const stood = before.get(id);
    const newest = book.items()[0];
    await book.undo(id);
    share({ gone: id });
    if (stood && newest && newest.id === id) {
      road.restore(stood);
      latest = null;
    }
    redraw();
  }

  async function sos() {
    showToast(await log("sos", { hold: false }), false);
    redraw();
    flush();
  }

  async function pick(kind, note, isOpenNote) {
    if (isOpenNote) {
      adding.openNew(say(kind), kind);
      return;
    }
    showToast(await log(kind, { plain: note ? { note } : {}, text: note }), true);
    redraw();
  }

  // Says a refused entry again with what the person put right, at the moment of the first.
  async function sayAgain(item, values) {
    const { phone, context } = road.subjects("");
    const plain = { phone, context };
    for (const name of SAID) if (name in item.readable) plain[name] = item.readable[name];
    Object.assign(plain, values);
    await book.again(item.id, plain, { part: plain.part, people: plain.people });
    share("changed");
    flush();
  }

  async function drop(id, button) {
    if (!button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = say("sure-drop");
      return;
    }
    const item = book.find(id);
    const answer = item.status ? { status: 200 } : await server.ask("/f/drop", { id });
    if (answer.status !== 200) {
      button.textContent = say("needs-network");
      return;
    }
    await book.settled(id);
    share({ gone: id });
  }

  const press = {
    act,
    undo,
    drop,
    sos,
    pick,
    redraw,
    add: (id) => adding.openFor(book.find(id)),
    // Which one is asked only when the vehicles are known; else it is told in words.
    broken(text) {
      const vehicles = road.vehicles();
      if (vehicles.length) adding.openNew(text, "vehicle.broke_down", { vehicles });
      return vehicles.length > 0;
    },
    count: (text, kind) => adding.openNew(text, kind),
    correct(id) {
      const item = book.find(id);
      const done = (values) => sayAgain(item, values);
      const facts = { readable: item.readable, convoys: road.convoys(), done };
      adding.openFix(textOf(item), sayings.reasonOf(item), facts);
    },
    confirm: (id) => sayAgain(book.find(id), { confirmed: true }),
    async again(id) {
      await store.mark(id, { state: "kept" });
      Object.assign(book.find(id), { state: "kept", status: 0 });
      flush();
    },
    async choose(id) {
      road.choose(id);
      redraw();
      const { status: code, data } = await server.ask("/f/choose", { convoy: id });
      if (code === 200) await started(data);
    },
    chooseNext(id) {
      road.chooseNext(id);
      redraw();
    },
    async save() {
      const day = new Date(Date.now() + shift).toISOString().slice(0, 10);
      all.saveFile(await lines(), day);
    },
    // At once: the server is told when it can be told, but not waited for.
    async wipe() {
      const leaving = server.ask("/f/leave", {});
      await vanish();
      const { status: code } = await leaving;
      // The sign-in lies where no script reaches it: the server ends it when the page opens next.
      if (code !== 200 && code !== 401) localStorage.setItem(LEFT, "1");
    },
  };

  const page = all.makePage({ words, press });
  const tap = (kind, plain, moment) => log(kind, { plain, moment });
  const adding = all.makeAdding({ words, make, book, tap, undone: undo, keepPhoto, textOf: fullText });

  async function keepPhoto(entry, file) {
    const id = newId();
    const bytes = new Uint8Array(await file.arrayBuffer());
    await store.keepPhoto({ id, entry, sealed: await seal(id, bytes) });
  }

  // What the server says.

  async function vanish() {
    isOver = true;
    share("wiped");
    book.clear();
    store.close();
    await all.erase();
    end("wiped");
  }

  async function started(data) {
    if (isOver) return;
    const away = Date.parse(data.now) - Date.now();
    shift = Math.abs(away) > SHIFT_MS ? away : 0;
    status.set("", 0);
    await store.remember("shift", Date.parse(data.clock) - Date.now());
    const rows = await store.entries();
    const isCurrent = rows.every((row) => row.state !== "kept");
    const context = road.told(data, isCurrent);
    if (context) await store.remember("context", context);
    const refused = new Set((data.refused || []).map((each) => each.id));
    // What the desk has settled meanwhile needs nobody any more.
    for (const row of rows) {
      if (row.state === "needs" && !refused.has(row.id)) await book.settled(row.id);
    }
    for (const item of book.items().filter((each) => each.isRemote && !refused.has(each.id))) {
      await book.settled(item.id);
    }
    // One that was put right here and waits to be sent is not refused any more.
    const mended = new Set(rows.filter((row) => row.state === "kept").map((row) => row.id));
    for (const each of data.refused || []) if (!mended.has(each.id)) book.refused(each);
    document.querySelector("[data-sign-in]").hidden = true;
    document.querySelector("[data-sign-out]").hidden = false;
    redraw();
  }

  const tell = {
    started,
    signIn(url) {
      status.net.signIn = url || document.querySelector("[data-sign-in]").getAttribute("href");
      status.set("sign-in", Date.now() + shift);
      document.querySelector("[data-sign-in]").hidden = false;
      document.querySelector("[data-sign-out]").hidden = true;
    },
    offline: () => status.set("offline", Date.now() + shift),
    refused(text) {
      status.net.text = text;
      status.set("refused", 0);
    },
    full: () => status.set("full", 0),
    lost: vanish,
    sending(ids) {
      for (const id of ids) {
        const item = book.find(id);
        if (item) item.state = "sending";
      }
      redraw();
    },
    received(results) {
      if (results.length) status.net.sentAt = Date.now() + shift;
      status.set("", 0);
      book.received(results);
      share("changed");
    },
    needs(result) {
      book.refused(result);
      share("changed");
    },
    photo(outcome) {
      if (outcome === "received" || outcome === "repeat") return;
      page.showToast(say("photo-refused"), "");
      setTimeout(page.hideToast, all.UNDO_MS);
    },
    rested() {
      for (const item of book.items()) if (item.state === "sending") item.state = "kept";
      redraw();
    },
  };
  const parts = { store, server, toText, tell, ageOf: book.ageOf, isHeld: book.isHeld, name: newId() };
  const sender = all.makeSender(parts);

  async function flush() {
    if (isOver) return;
    try {
      await book.refresh();
      await sender.flush();
    } catch (error) {
      // Wiped meanwhile: there is no store any more.
      if (!isOver) throw error;
    }
  }

  async function leave() {
    const { status: code } = await server.start();
    const left = code === 200 ? await server.ask("/f/leave", {}) : { status: code };
    if (left.status === 200 || left.status === 401) localStorage.removeItem(LEFT);
    if (left.status !== 200) return;
    // The answer had the browser throw away the store under this page.
    isOver = true;
    location.reload();
  }

  async function greet() {
    if (localStorage.getItem(LEFT)) await leave();
    if (isOver || navigator.onLine === false) return;
    const { status: code, data } = await server.start();
    if (code === 200) await started(data);
    else if (code === 401) {
      server.forgetSession();
      tell.signIn(data.sign_in);
    } else if (code === 403) tell.refused(data.text);
    else if (code === 410) await vanish();
    else if (code === 0) tell.offline();
    redraw();
  }

  function unsent() {
    return book.items().filter((item) => item.state !== "sent" && !item.isRemote).length;
  }

  async function lines() {
    const known = { seal, newId, toText, ageOf: book.ageOf };
    const shift = (await store.recall("shift")) || 0;
    return all.linesOf(await store.entries(), { ...known, shift });
  }

  async function codes() {
    const draw = await encode();
    return all.codesOf(await lines()).map((text) => all.drawCode(draw, text) || say("too-long"));
  }

  function hear({ data }) {
    if (isOver) return;
    if (data === "wiped") {
      isOver = true;
      book.clear();
      store.close();
      end("wiped");
    } else if (data.gone) book.settled(data.gone);
    else book.refresh();
  }

  return {
    async begin() {
      all.watchSheets({ make, words, road, press, unsent, codes });
      if (channel) channel.onmessage = hear;
      road.recalled(await store.recall("context"));
      if (navigator.onLine === false) tell.offline();
      await book.refresh();
      await greet();
      flush();
    },
    tick() {
      if (adding.isOpen()) adding.keepOpen();
      redraw();
    },
    flush,
    greet,
    isIdle: () => !book.items().some((item) => item.state === "kept"),
    async wake() {
      sender.soon();
      await greet();
      flush();
    },
    sleep() {
      tell.offline();
      redraw();
    },
  };
}
