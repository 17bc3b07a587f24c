// The sheet "Add to it": a number, a reason, a note, a photo. Each change is sealed and stored at once;
// a number told with a move becomes an entry of its own, at the same moment.

const PEOPLE = "people.counted";
const WITH_REASON = new Set(["convoy.held", "convoy.sent_back", "convoy.turned_back", "convoy.night_stop"]);
const WAIT_MS = 300;
const MOST = 9999999;
const PHOTO_MAX = 4200000;

// `tap(kind, plain, moment, beside)` makes an entry, beside another when one is named; `book` is the logbook; `keepPhoto(entryId, file)`.
export function makeAdding({ words, book, tap, keepPhoto, textOf }) {
  const { say } = words;
  const sheet = document.getElementById("add");
  const part = (name) => sheet.querySelector(`[data-${name}]`);
  const [title, explains, kinds, reasons] = ["title", "explains", "kinds", "reasons"].map(part);
  const [count, notes, photos, said, undo] = ["count", "notes", "photos", "photo", "undo"].map(part);
  const [figure, note] = [sheet.querySelector("#people"), sheet.querySelector("#note")];
  const file = sheet.querySelector("[type=file]");
  let now = null;
  let timer = 0;

  function number() {
    const digits = figure.value.replace(/\D/g, "");
    return digits === "" ? null : Math.min(MOST, Number(digits));
  }

  function chosen(name) {
    const radio = sheet.querySelector(`[name="${name}"]:checked`);
    return radio && radio.value ? radio : null;
  }

  function plain() {
    const reason = reasons.hidden ? null : chosen("reason");
    return { note: note.value.trim(), reason: reason ? reason.parentNode.textContent.trim() : "" };
  }

  async function write(id, values, shown) {
    if (await book.amend(id, values, shown)) return id;
    return null;
  }

  // The number: amended while there is one, taken back when it is cleared, made when there was none.
  async function saveNumber() {
    const people = number();
    const kind = kinds.hidden ? now.countKind : chosen("count").value;
    if (people === null) {
      if (now.count) await book.undo(now.count);
      now.count = null;
      return;
    }
    const shown = { kind, people };
    if (now.count && (await write(now.count, { people }, shown))) return;
    const item = await tap(kind, { people, ...(now.main ? {} : plain()) }, now.moment, now.main);
    now.count = item.id;
    book.keepOpen(item.id);
  }

  async function saveText() {
    const target = now.main || now.count;
    const values = plain();
    if (!target || (values.note === now.note && values.reason === now.reason)) return;
    Object.assign(now, values);
    if (await write(target, values, {})) return;
    // Sent meanwhile, from another tab.
    const item = await tap("note", { note: values.note || values.reason }, now.moment, null);
    now.main = item.id;
    book.keepOpen(item.id);
    explains.textContent = say("added-later");
  }

  async function save() {
    clearTimeout(timer);
    if (!now || now.fix) return;
    if (number() !== now.number || kinds.dataset.changed) {
      now.number = number();
      delete kinds.dataset.changed;
      await saveNumber();
    }
    await saveText();
  }

  let order = Promise.resolve();
  function saveSoon() {
    order = order.then(save).catch(() => {});
    return order;
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(saveSoon, WAIT_MS);
  }

  function show(text, kind) {
    sheet.querySelector("form").reset();
    title.textContent = text;
    explains.textContent = said.textContent = "";
    reasons.hidden = !WITH_REASON.has(kind);
    count.open = notes.open = photos.open = false;
    undo.hidden = false;
    timer = 0;
    sheet.showModal();
  }

  // To an entry just made.
  function openFor(item) {
    const isNumber = item.kind.startsWith("people.");
    now = { main: isNumber ? null : item.id, count: isNumber ? item.id : null, countKind: PEOPLE };
    Object.assign(now, { number: null, note: "", reason: "", moment: { at: item.at, tick: item.tick } });
    kinds.hidden = true;
    photos.hidden = false;
    count.hidden = false;
    if (isNumber) Object.assign(now, { number: item.people, countKind: item.kind });
    book.keepOpen(item.id);
    show(say("add-to", { what: textOf(item) }), item.kind);
    count.open = isNumber;
    notes.open = item.kind === "note";
    if (isNumber) figure.value = String(item.people);
  }

  // A headcount: nothing is made before there is a number, but the moment is that of the tap.
  function openCount(text, kind = PEOPLE, isFixed = false) {
    const moment = { at: Date.now(), tick: performance.now() };
    now = { main: null, count: null, countKind: kind, number: null, note: "", reason: "", moment };
    kinds.hidden = isFixed;
    photos.hidden = true;
    count.hidden = false;
    show(text, "");
    sheet.querySelector(`[name="count"][value="${isFixed ? PEOPLE : kind}"]`).checked = true;
    count.open = true;
  }

  // A refused entry with what it said; `done(values)` gets what it shall say.
  function openFix(text, why, readable, done) {
    now = { fix: done, moment: {} };
    kinds.hidden = true;
    photos.hidden = true;
    count.hidden = readable.people === null || readable.people === undefined;
    show(text, "");
    explains.textContent = why;
    undo.hidden = true;
    count.open = !count.hidden;
    if (!count.hidden) figure.value = String(readable.people);
    note.value = readable.note || "";
    notes.open = count.hidden;
  }

  async function close() {
    const closing = now;
    if (closing.fix) {
      if (sheet.returnValue === "done") closing.fix({ people: number(), note: note.value.trim() });
    } else {
      await saveSoon();
      for (const id of [closing.main, closing.count].filter(Boolean)) {
        if (sheet.returnValue === "undo") await book.undo(id);
        else await book.close(id);
      }
    }
    if (now === closing) now = null;
    sheet.returnValue = "";
  }

  async function photo() {
    const [picked] = file.files;
    const target = now.main || now.count;
    if (!picked || !target) return;
    if (picked.size > PHOTO_MAX) {
      said.textContent = say("photo-big");
      file.value = "";
      return;
    }
    await keepPhoto(target, picked);
    said.textContent = say("photo-kept");
  }

  sheet.addEventListener("click", (event) => {
    const { step, key } = event.target.dataset || {};
    if (step) figure.value = String(Math.min(MOST, Math.max(0, (number() || 0) + Number(step))));
    else if (key === "clear") figure.value = "";
    else if (key === "back") figure.value = figure.value.slice(0, -1);
    else if (key) figure.value = String(Math.min(MOST, Number(`${figure.value}${key}`)));
    if (step || key) changed();
  });
  kinds.addEventListener("change", () => {
    kinds.dataset.changed = "yes";
    changed();
  });
  sheet.addEventListener("input", changed);
  file.addEventListener("change", photo);
  sheet.addEventListener("close", close);

  return {
    openFor,
    openCount,
    openFix,
    isOpen: () => now !== null,
    // The entries stay held back for as long as the sheet is open.
    keepOpen: () => now && [now.main, now.count].filter(Boolean).forEach(book.keepOpen),
  };
}
