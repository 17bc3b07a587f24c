// Starts the phone page: loads the modules by their hashed addresses, joins them, keeps them going.

const root = document.documentElement;
const TICK_MS = 1000;
const FLUSH_TICKS = 3;
const IDLE_TICKS = 15;
const GREET_TICKS = 60;

function load(name) {
  return import(document.querySelector(`link[data-module="${name}"]`).href);
}

function showPlain(why) {
  document.querySelector("[data-app]").hidden = true;
  const plain = document.querySelector("[data-plain]");
  plain.hidden = false;
  plain.dataset.plain = "shown";
  for (const line of plain.querySelectorAll("[data-why]")) line.hidden = line.dataset.why !== why;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

function showApp() {
  document.querySelector("[data-plain]").hidden = true;
  document.querySelector("[data-app]").hidden = false;
}

function keyOf(text) {
  const [id, x, y] = text.split(" ");
  return { id, x, y };
}

async function register() {
  try {
    await navigator.serviceWorker.register("/f/sw.js", { scope: "/f/" });
  } catch (error) {
    // Without it the page still logs and sends; it only cannot be opened without a network.
  }
}

async function run() {
  const [sealing, stores, senders, wording, roads, logbooks] = await Promise.all(
    ["sealing", "store", "sending", "words", "road", "logbook"].map(load),
  );
  const [pages, addings, sheets, exporting, sayings, desks] = await Promise.all(
    ["page", "adding", "sheets", "export", "sayings", "desk"].map(load),
  );
  const words = wording.readWords(document.getElementById("words"), root.lang, root.dataset.zone || undefined);
  let isOver = false;
  const end = (why) => {
    isOver = true;
    showPlain(why);
  };
  let store;
  try {
    store = await stores.openStore(() => isOver || end("wiped"));
  } catch (error) {
    showPlain("store");
    return;
  }
  const desk = desks.makeDesk({
    store,
    end,
    seal: await sealing.makeSeal(keyOf(root.dataset.key)),
    newId: sealing.newId,
    toText: sealing.toBase64url,
    server: senders.makeServer((...args) => fetch(...args)),
    words,
    status: sayings.makeStatus(words),
    road: roads.makeRoad(),
    erase: stores.wipe,
    encode: async () => (await load("qr")).encode,
    ...sayings,
    ...logbooks,
    ...senders,
    ...pages,
    ...addings,
    ...sheets,
    ...exporting,
  });
  sheets.applySettings();
  window.addEventListener("online", desk.wake);
  window.addEventListener("offline", desk.sleep);
  document.addEventListener("visibilitychange", () => document.hidden || isOver || desk.wake());
  showApp();
  await desk.begin();

  let ticks = 0;
  setInterval(() => {
    if (isOver) return;
    ticks += 1;
    desk.tick();
    if (ticks % (desk.isIdle() ? IDLE_TICKS : FLUSH_TICKS) === 0) desk.flush();
    if (ticks % GREET_TICKS === 0 && !document.hidden) desk.greet();
  }, TICK_MS);
  register();
}

if (!window.isSecureContext || !window.crypto.subtle) showPlain("secure");
else run();
