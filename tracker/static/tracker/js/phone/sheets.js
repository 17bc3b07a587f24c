// The other sheets: trouble, more, another convoy, the codes; and the settings of the page.

const HOLD_MS = 1200;
const AGAIN_MS = 5000;
const SETTINGS = {
  left: (root, on) => root.toggleAttribute("data-left", on),
  big: (root, on) => root.toggleAttribute("data-big", on),
  night: (root, on) => {
    if (on) root.dataset.theme = "dark";
    else delete root.dataset.theme;
  },
};

export function sheet(id) {
  return document.getElementById(id);
}

function closeOf(node) {
  const dialog = node.closest("dialog");
  if (dialog) dialog.close();
}

// Kept as a bare yes: they say nothing about anybody.
export function applySettings() {
  for (const [name, apply] of Object.entries(SETTINGS)) {
    const box = document.querySelector(`[data-setting="${name}"]`);
    box.checked = localStorage.getItem(name) === "1";
    apply(document.documentElement, box.checked);
    box.addEventListener("change", () => {
      if (box.checked) localStorage.setItem(name, "1");
      else localStorage.removeItem(name);
      apply(document.documentElement, box.checked);
    });
  }
}

// SOS: pressed for a while, or tapped twice by whom a long press does not suit.
function watchSos(sos) {
  const hold = document.querySelector("[data-hold]");
  const twice = document.querySelector("[data-twice]");
  const first = twice.textContent;
  let timer = 0;
  let until = 0;

  function fire() {
    release();
    until = 0;
    twice.textContent = first;
    closeOf(hold);
    sos();
  }

  function release() {
    clearTimeout(timer);
    hold.removeAttribute("data-pressed");
  }

  hold.addEventListener("pointerdown", () => {
    hold.setAttribute("data-pressed", "");
    timer = setTimeout(fire, HOLD_MS);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    hold.addEventListener(end, release);
  }
  hold.addEventListener("contextmenu", (event) => event.preventDefault());
  twice.addEventListener("click", () => {
    if (performance.now() < until) {
      fire();
      return;
    }
    until = performance.now() + AGAIN_MS;
    twice.textContent = twice.dataset.again;
    setTimeout(() => {
      if (performance.now() >= until) twice.textContent = first;
    }, AGAIN_MS + 50);
  });
}

function watchPicks(press) {
  for (const pick of document.querySelectorAll("[data-pick]")) {
    pick.addEventListener("click", (event) => {
      const { kind, count, note, openNote, broken } = event.target.dataset;
      if (!kind && !count) return;
      closeOf(pick);
      if (broken !== undefined && press.broken(event.target.textContent.trim())) return;
      if (count) press.count(event.target.textContent.trim(), count);
      else press.pick(kind, note || "", openNote !== undefined);
    });
  }
}

function radio(make, name, { id, text, isChosen }) {
  const input = make("input", { type: "radio", name, value: id, checked: isChosen });
  return make("label", { class: "opt" }, input, make("span", {}, text));
}

// The lists are built when the sheet opens, from memory, and taken away when it closes.
function watchChange({ make, road, chosen, chosenNext }) {
  const dialog = sheet("change");
  const [convoys, points] = [dialog.querySelector("[data-convoys]"), dialog.querySelector("[data-points]")];

  function fill(field, options, name) {
    const legend = field.querySelector("legend");
    field.replaceChildren(legend, ...options.map((each) => radio(make, name, each)));
    field.hidden = options.length === 0;
  }

  function draw() {
    const own = road.own();
    const { at, next } = road.place();
    const of = (each) => ({ id: each.id, text: `${each.code} ${each.title}`, isChosen: own === each });
    fill(convoys, road.convoys().map(of), "convoy");
    const stop = (each) => ({ id: each.id, text: each.name, isChosen: next === each && !at });
    fill(points, road.checkpoints().map(stop), "point");
    dialog.querySelector("[data-none]").hidden = road.convoys().length > 0;
  }

  dialog.addEventListener("change", (event) => {
    if (event.target.name === "convoy") {
      chosen(event.target.value);
      draw();
    } else chosenNext(event.target.value);
  });
  dialog.addEventListener("close", () => {
    fill(convoys, [], "convoy");
    fill(points, [], "point");
  });
  return draw;
}

// `codes()` gives the drawn codes, one SVG each.
function watchCodes(codes, say) {
  const dialog = sheet("codes");
  const [place, number, turn] = ["code", "number", "turn"].map((name) => dialog.querySelector(`[data-${name}]`));
  let drawn = [];
  let at = 0;

  function show() {
    place.replaceChildren(...(drawn.length ? [drawn[at]] : [say("nothing")]));
    number.textContent = drawn.length ? say("code-of", { one: at + 1, all: drawn.length }) : "";
    turn.hidden = drawn.length < 2;
  }

  dialog.addEventListener("click", (event) => {
    const by = Number(event.target.dataset.turn);
    if (!by) return;
    at = (at + by + drawn.length) % drawn.length;
    show();
  });
  dialog.addEventListener("close", () => place.replaceChildren());
  return async () => {
    drawn = await codes();
    at = 0;
    show();
  };
}

// Asks by a sheet when something is unsent, goes on at once when nothing is.
function watchGoing(id, button, { unsent, title, go }) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    closeOf(button);
    const left = unsent();
    if (left === 0) {
      go();
      return;
    }
    sheet(id).querySelector("[data-title]").textContent = title(left);
    sheet(id).returnValue = "";
    sheet(id).showModal();
  });
  sheet(id).addEventListener("close", () => {
    if (sheet(id).returnValue === id) go();
  });
}

export function watchSheets({ make, words, road, press, unsent, codes }) {
  const opening = {
    change: watchChange({ make, road, chosen: press.choose, chosenNext: press.chooseNext }),
    codes: watchCodes(codes, words.say),
  };
  watchSos(press.sos);
  watchPicks(press);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-open]");
    if (!button) return;
    closeOf(button);
    const { open } = button.dataset;
    if (opening[open]) await opening[open]();
    sheet(open).showModal();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-way]");
    if (!button) return;
    event.preventDefault();
    button.closest("dialog").close(button.dataset.way);
  });
  document.querySelector("[data-file]").addEventListener("click", press.save);
  const title = (n) => words.count("unsent", n);
  const out = document.querySelector("[data-sign-out]");
  watchGoing("wipe", document.querySelector("[data-wipe]"), { unsent, title, go: press.wipe });
  watchGoing("leave", out, { unsent, title, go: () => location.assign(out.href) });
}
