// The sheet "Add to it": a number, a reason, a note, a photo. Each change is sealed and stored at once.

const PEOPLE = "people.counted";
const BROKEN = "vehicle.broke_down";
const WITH_REASON = new Set(["convoy.held", "convoy.sent_back", "convoy.turned_back", "convoy.night_stop"]);
const WAIT_MS = 300;
const MOST = 9999999;
const PHOTO_MAX = 4200000;

// `tap(kind, plain, moment)` makes an entry, `undone(id)` takes it back, `keepPhoto(id, file)` seals one.
export function makeAdding({ words, make, book, tap, undone, keepPhoto, textOf }) {
  const { say } = words;
  const sheet = document.getElementById("add");
  const part = (name) => sheet.querySelector(`[data-${name}]`);
  const [title, explains, kinds, reasons] = ["title", "explains", "kinds", "reasons"].map(part);
  const [count, notes, photos, said, undo] = ["count", "notes", "photos", "photo", "undo"].map(part);
  const [figure, note] = [sheet.querySelector("#people"), sheet.querySelector("#note")];
  const places = part("choice");
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

  function text() {
    const reason = reasons.hidden ? null : chosen("reason");
    return { note: note.value.trim(), reason: reason ? reason.parentNode.textContent.trim() : "" };
  }

  // What is typed goes into the entry; a headcount or a note is only made once it says something.
  async function save() {
    clearTimeout(timer);
    if (!now || now.fix) return;
    const people = number();
    const content = { ...text(), people };
    const vehicle = chosen("vehicle");
    if (vehicle) content.vehicle = vehicle.value;
    const kind = now.isCount && !kinds.hidden ? chosen("count").value : now.kind;
    const facts = JSON.stringify([content, kind]);
    if (facts === now.facts) return;
    now.facts = facts;
    const missing = { note: !content.note, [BROKEN]: !vehicle };
    if (now.isCount ? people === null : missing[kind]) {
      if (now.id) await book.undo(now.id);
      now.id = null;
      return;
    }
    if (now.id && (await book.amend(now.id, content, { kind, people }))) return;
    // Sent meanwhile, from another tab: what is added becomes an entry of its own.
    if (now.id) explains.textContent = say("added-later");
    const own = people === null ? "note" : PEOPLE;
    const item = await tap(now.id ? own : kind, content, now.moment);
    now.id = item.id;
    book.keepOpen(item.id);
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

  function show(words, kind) {
    sheet.querySelector("form").reset();
    title.textContent = words;
    explains.textContent = said.textContent = "";
    reasons.hidden = !WITH_REASON.has(kind);
    count.hidden = kind === "note" || kind === BROKEN;
    showChoice("", []);
    count.open = kind.startsWith("people.");
    notes.open = kind === "note";
    photos.open = false;
    undo.hidden = false;
    kinds.hidden = true;
    photos.hidden = false;
    sheet.showModal();
  }

  // Which one of several, known only while the server has told of them; taken away again after.
  function showChoice(name, options) {
    const choices = options.map(({ id, code, is_own: checked = false }) => {
      const radio = make("input", { type: "radio", name, value: id, checked });
      return make("label", {}, radio, make("span", {}, code));
    });
    const legend = places.querySelector("legend");
    legend.textContent = name ? say(`which-${name}`) : "";
    places.replaceChildren(legend, ...choices);
    places.hidden = options.length === 0;
  }

  // To an entry just made.
  function openFor(item) {
    now = { id: item.id, kind: item.kind, moment: { at: item.at, tick: item.tick } };
    now.isCount = item.kind.startsWith("people.");
    book.keepOpen(item.id);
    show(say("add-to", { what: textOf(item) }), item.kind);
    const { people = null, note: before = "" } = item.plain || {};
    figure.value = people === null ? "" : String(people);
    note.value = before;
  }

  // Nothing is made before there is a number or a note, but the moment is that of the tap.
  function openNew(words, kind, { isChoice = false, vehicles = [] } = {}) {
    const moment = { at: Date.now(), tick: performance.now() };
    now = { id: null, kind, moment, isCount: kind.startsWith("people.") };
    show(words, kind);
    showChoice("vehicle", vehicles);
    photos.hidden = true;
    kinds.hidden = !isChoice;
    if (isChoice) sheet.querySelector(`[name="count"][value="${kind}"]`).checked = true;
  }

  // A refused entry with what it said; `done(values)` gets what it shall say.
  function openFix(words, why, { readable, convoys, done }) {
    const { people = null, note: before = "", kind } = readable;
    now = { fix: done };
    show(words, kind);
    if (!readable.convoy) showChoice("convoy", convoys);
    explains.textContent = why;
    undo.hidden = photos.hidden = true;
    reasons.hidden = true;
    count.open = people !== null || kind.startsWith("people.");
    notes.open = !count.open;
    figure.value = people === null ? "" : String(people);
    note.value = before;
  }

  async function close() {
    const closing = now || {};
    const way = sheet.returnValue;
    sheet.returnValue = "";
    if (closing.fix) {
      const convoy = chosen("convoy");
      const mended = { people: number(), note: note.value.trim() };
      if (convoy) mended.convoy = convoy.value;
      if (way === "done") closing.fix(mended);
    } else {
      await saveSoon();
      if (closing.id && way === "undo") await undone(closing.id);
      else if (closing.id) await book.close(closing.id);
    }
    if (now === closing) now = null;
  }

  async function photo() {
    const [picked] = file.files;
    if (!picked || !now.id) return;
    if (picked.size > PHOTO_MAX) {
      said.textContent = say("photo-big");
      file.value = "";
      return;
    }
    await keepPhoto(now.id, picked);
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
  sheet.addEventListener("input", changed);
  file.addEventListener("change", photo);
  sheet.addEventListener("close", close);

  return {
    openFor,
    openNew,
    openFix,
    isOpen: () => now !== null,
    // The entry stays held back for as long as the sheet is open.
    keepOpen: () => now && now.id && book.keepOpen(now.id),
  };
}
